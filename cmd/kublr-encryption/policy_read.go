package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

// onePolicy is the Args of a command that reads one key policy.
func onePolicy(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("name one file with a key policy, or - for stdin")
	}
	return nil
}

// readPolicy reads a key policy: a document, or what `aws kms get-key-policy`
// prints around it. Its text comes too, and what KMS would refuse as findings.
func readPolicy(name string, stdin io.Reader) (*policy.Document, []byte, diag.Findings, error) {
	src, err := readFile(name, stdin)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("reading the key policy: %w", err)
	}
	var printed struct{ Policy *string }
	if json.Unmarshal(src, &printed) == nil && printed.Policy != nil {
		src = []byte(*printed.Policy)
	}
	doc, findings := policy.Parse(src)
	return doc, src, findings.In(shown(name)), nil
}

var (
	callerInPolicy  = regexp.MustCompile(`(?i)"kms:CallerAccount"[\s:\[]*"([0-9]{12})"`)
	accountInPolicy = regexp.MustCompile(`arn:(aws[a-z-]*):iam::([0-9]{12}):`)
	regionInPolicy  = regexp.MustCompile(`"ec2\.([a-z0-9-]+)\.amazonaws\.com`)
)

// targetOf takes from a policy itself the account and the regions it seems to be
// for, when nobody says.
func targetOf(doc *policy.Document) policy.Target {
	var t policy.Target
	if found := accountInPolicy.FindSubmatch(doc.Source()); found != nil {
		t.Partition, t.Account = string(found[1]), string(found[2])
	}
	if found := callerInPolicy.FindSubmatch(doc.Source()); found != nil {
		t.Account = string(found[1])
	}
	for _, found := range regionInPolicy.FindAllSubmatch(doc.Source(), -1) {
		t.Regions = append(t.Regions, string(found[1]))
	}
	return t
}
