// Package policy proves what a KMS key policy does, without a network: which of
// the things that encrypted EBS volumes need will work, which will not and why,
// and who else gets in.
//
// [Parse] reads any key policy, loses nothing of it, and refuses what KMS would.
// [Evaluate] answers one request by AWS's rules, and its [Decision] says by which
// statement, or what came nearest and did not match. [Check] asks all requests of
// a table of capabilities (EBS attaches a volume, Auto Scaling launches, someone
// can still manage the key) and risks (a stranger decrypts, Kublr deletes the
// key). [Lint] finds what a policy says and does not mean, and [Merge] puts
// statements into a policy that others own.
//
//	doc, findings := policy.Parse(source)
//	verdicts, err := policy.Check(doc, policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}})
//
// The package knows AWS's documents and nothing else: what it asks is never taken
// from the statements it checks. IAM policies count where they are given; policies
// of organizations, VPC endpoints, sessions and permission boundaries are not known.
package policy
