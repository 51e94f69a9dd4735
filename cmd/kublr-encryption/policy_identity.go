package main

import (
	"fmt"
	"maps"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// readIAM reads the files of --iam, into those whose IAM policies a target has.
func (c *policyCheck) readIAM(t *policy.Target) error {
	all := map[string][]*policy.Document{}
	maps.Copy(all, t.IAM)
	for _, pair := range c.iam {
		who, name, ok := strings.Cut(pair, "=")
		if !ok || who == "" || name == "" {
			return usage("--iam %q: expected ROLE=FILE, such as kublr-node=node-policy.json", pair)
		}
		text, err := readFile(name, c.in)
		if err != nil {
			return fmt.Errorf("reading the IAM policy of %s: %w", who, err)
		}
		read, findings := policy.ParseIdentity(text)
		if err := tell(c.stdio, findings.In(shown(name))); err != nil {
			return err
		}
		if read == nil {
			return errFindings
		}
		arn := t.ARN(who)
		if !strings.Contains(arn, "::"+t.Account+":") {
			return usage("--iam %s: is of another account than %s; what others are let do is theirs to say", who, t.Account)
		}
		all[arn] = append(all[arn], read)
	}
	t.IAM = all
	return nil
}
