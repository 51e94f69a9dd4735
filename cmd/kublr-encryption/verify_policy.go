package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A realPolicy is one that a key has, as far as it could be read, and for whom it
// must do.
type realPolicy struct {
	file    string
	targets []policy.Target

	document *policy.Document
	text     []byte
	findings diag.Findings
	err      error
}

// proveReal proves the policies that --policy names, for all intents, and ends the
// run. What has no policy there is not proved.
func (v *verification) proveReal(regions []string) error {
	sets, findings := v.plan.Policies(regions)
	if err := v.take(report.Report{Findings: report.Of(findings)}); err != nil {
		return err
	}
	all, missing, err := v.realPolicies(sets)
	if err != nil {
		return err
	}
	if len(all)+len(missing) == 0 {
		return usage("--policy %s: the intents need no key policy in the regions at hand", v.policies)
	}
	var notes []string
	for _, one := range all {
		judged, err := v.proveOne(one)
		if err != nil {
			return err
		}
		notes = append(notes, judged...)
	}
	err = v.end(append(notes, notSeen, v.tally.String())...)
	if len(missing) > 0 && (err == nil || errors.Is(err, errFindings)) {
		return fmt.Errorf("not all key policies are proved: %s has no policy of the key in %s", v.policies, strings.Join(missing, ", nor in "))
	}
	return err
}

// realPolicies finds the policies of the keys that intents use, each once, and says
// of which keys there is none.
func (v *verification) realPolicies(sets []generator.PolicySet) (all []realPolicy, missing []string, err error) {
	info, err := os.Stat(v.policies)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the key policy: %w", err)
	}
	add := func(file string, t policy.Target, regions []string) {
		t.Regions = regions
		i := slices.IndexFunc(all, func(r realPolicy) bool { return r.file == file })
		if i < 0 {
			i, all = len(all), append(all, realPolicy{file: file})
		}
		all[i].targets = append(all[i].targets, t)
	}
	for _, set := range sets {
		if set.Missing != nil {
			return nil, nil, usage("%s", set.Missing.String())
		}
		if !info.IsDir() && len(set.Policies) > 0 {
			add(v.policies, set.Target, nil)
			continue
		}
		for _, p := range set.Policies {
			file, names := policyIn(v.policies, p)
			if file == "" {
				missing = append(missing, p.Region+" ("+strings.Join(names, " or ")+")")
				continue
			}
			add(file, set.Target, []string{p.Region})
		}
	}
	isOne := !info.IsDir() && len(all) > 0
	if isOne {
		if err := shareKey(sets); err != nil {
			return nil, nil, err
		}
	}
	for i := range all {
		r := &all[i]
		r.document, r.text, r.findings, r.err = readPolicy(r.file, v.in)
	}
	if isOne && all[0].document != nil {
		err = all[0].find(sets)
	}
	return all, missing, err
}

// find says for which regions the one policy must do.
func (r *realPolicy) find(sets []generator.PolicySet) (err error) {
	i := 0
	for _, set := range sets {
		if len(set.Policies) == 0 {
			continue
		}
		if r.targets[i].Regions, err = regionsOf(set, r.document); err != nil {
			return err
		}
		i++
	}
	return nil
}

// policyIn gives the file in a folder that holds the policy of a key, and the names
// it may have.
func policyIn(folder string, p generator.KeyPolicy) (file string, names []string) {
	names = []string{p.FileName()}
	for _, key := range p.Keys {
		if id := key[strings.LastIndexByte(key, '/')+1:]; !strings.Contains(key, "alias/") {
			names = append(names, id+".json")
		}
	}
	for _, name := range names {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, names
		}
	}
	return "", names
}

// proveOne proves one policy, and says for whom.
func (v *verification) proveOne(one realPolicy) (judged []string, err error) {
	if one.err != nil {
		return nil, one.err
	}
	findings := one.findings
	r := report.Report{File: shown(one.file)}
	if one.document != nil {
		verdicts, err := policy.Check(one.document, one.targets...)
		if err != nil {
			return nil, err
		}
		for _, verdict := range verdicts {
			v.unsure = v.unsure || verdict.Unproved
		}
		findings = append(findings, policy.Findings(verdicts)...)
		for _, t := range one.targets {
			judged = append(judged, r.File+": "+t.String())
		}
	}
	r.Findings = report.OfText(findings.In(r.File), r.File, one.text, diag.Position{}, "")
	return judged, v.take(r)
}
