package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/generator/yamledit"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

func newPolicy(std stdio) *cobra.Command {
	var region string
	c := &cobra.Command{
		Use:   "policy -f INTENT [PATH...]",
		Short: "Print the key policy an intent needs, as JSON",
		Long: `Policy prints the key policy that an intent's volumes and instances need, as JSON
ready for KMS. A policy names regions: those of --region, else of the intent, else
of the clusters in PATH. For several regions one policy is printed that serves
them all, as a multi-Region key's replicas want it.

For the account's default EBS key no policy can be written: what must hold is
said on stderr, stdout stays empty, and the exit code is 0.`,
		Example: `  kublr-encryption policy -f intent.yaml --region us-east-1 >policy.json
  aws kms put-key-policy --policy-name default --key-id alias/kublr-ebs --policy file://policy.json

  # The regions of the clusters at hand.
  kublr-encryption policy -f intent.yaml clusters/`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return somePaths(c, args)
		},
	}
	intents := intentFlag(c)
	c.Flags().StringVar(&region, "region", "", "print the policy of this region alone")
	c.RunE = func(c *cobra.Command, paths []string) error {
		e, err := expand(c.Context(), std, *intents, paths, region)
		if err != nil || e == nil {
			return err
		}
		return e.writePolicy(std, region)
	}
	c.AddCommand(newPolicyCheck(std), newPolicyMerge(std))
	return c
}

// An expansion is one intent's plan, for the regions at hand.
type expansion struct {
	plan    *generator.Plan
	regions []string
}

// expand makes the plan of one intent. Its findings are told on stderr; after an
// error there is none.
func expand(ctx context.Context, std stdio, files, paths []string, region string) (*expansion, error) {
	intents, findings, err := readIntents(files, paths, std.in)
	if err != nil {
		return nil, err
	}
	if len(intents) > 1 {
		return nil, usage("there are %d intents in %s: give one at a time", len(intents), strings.Join(files, ", "))
	}
	e := &expansion{}
	if region != "" {
		e.regions = []string{region}
	}
	plan, more := generator.NewPlan(intents, e.regions)
	if plan != nil && len(paths) > 0 && !generator.HasErrors(findings) {
		if e.regions, err = regionsOf(ctx, std, plan, paths); err != nil {
			return nil, err
		}
		plan, more = generator.NewPlan(intents, e.regions)
	}
	findings = append(findings, more...)
	writeFindings(std.err, findings)
	if generator.HasErrors(findings) {
		return nil, errFindings
	}
	e.plan = plan
	return e, nil
}

// regionsOf gives the regions of the clusters in paths that a plan selects.
func regionsOf(ctx context.Context, std stdio, plan *generator.Plan, paths []string) ([]string, error) {
	var mu sync.Mutex
	var regions []string
	broken := tally{}
	s := specs{plan: plan, work: func(p *generator.Plan, name string, chunk yamledit.Chunk, _ generator.Base) generator.Result {
		found := p.Regions(name, chunk)
		mu.Lock()
		defer mu.Unlock()
		regions = append(regions, found...)
		return generator.Result{Output: chunk.Bytes}
	}}
	err := look(ctx, std, s, paths, func(r fileReport) error {
		writeFindings(std.err, r.findings)
		broken.add(r)
		return nil
	})
	if err == nil {
		err = broken.err()
	}
	slices.Sort(regions)
	return slices.Compact(regions), err
}

// writePolicy prints the policy of a region, or the one that serves all regions.
func (e *expansion) writePolicy(std stdio, region string) error {
	document, err := e.document(std, region)
	if err != nil || document == nil {
		return err
	}
	text, err := policy.Format(document)
	if err != nil {
		return err
	}
	_, err = std.out.Write(text)
	return err
}

func (e *expansion) document(std stdio, region string) (json.RawMessage, error) {
	missing := e.plan.MissingRegion()
	if region != "" && (missing != nil || len(e.plan.Policies()) > 0) {
		for _, p := range e.plan.Policies() {
			if p.Region == region {
				return p.Document, nil
			}
		}
		return nil, usage("--region %s: the intent has no key of its own there", region)
	}
	if missing != nil {
		writeFindings(std.err, []generator.Finding{*missing})
		return nil, errFindings
	}
	if merged := e.plan.MergedPolicies(); len(merged) > 0 {
		return merged[0], nil
	}
	return nil, nil
}

// policyFile names the file of a policy.
func policyFile(p generator.KeyPolicy) string {
	return fmt.Sprintf("policy-%s-%s.json", p.Account, p.Region)
}
