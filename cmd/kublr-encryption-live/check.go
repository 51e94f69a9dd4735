package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/build"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

func newKeyCheck(s std) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "check -f INTENT [PATH...]",
		Short: "Say whether the keys that an intent and its clusters name will do",
		Long: `Check reads AWS and says of every key that the intent, or a cluster in PATH that it
selects, names whether it is there, enabled, of the right kind and region, and proves
its policy as it is now, with what IAM lets the principals do. It says which
principals and service-linked roles are missing, and what each region does by
default. It writes nothing. What was kept back from it is an error, never well.

Exit codes: 0 all will do; 1 something will not; 2 wrong usage; 3 AWS could not be
asked, or it kept something back.`,
		Example: "  kublr-encryption key check -f intent.yaml clusters/\n  kublr-encryption key check -f intent.yaml -o sarif clusters/ >keys.sarif",
	}
	file := intentFlag(c)
	with := loginFlags(c)
	var forms []string
	for _, f := range report.Formats {
		forms = append(forms, f.Name)
	}
	c.Flags().StringVarP(&output, "output", "o", forms[0], "form of the outcome: "+strings.Join(forms, ", "))
	c.RunE = func(c *cobra.Command, paths []string) error {
		if !slices.Contains(forms, output) {
			return usage("--output %q: expected %s", output, strings.Join(forms, ", "))
		}
		return check(c.Context(), s, *with, *file, paths, report.Formats[slices.Index(forms, output)])
	}
	return c
}

func check(ctx context.Context, s std, with login, file string, paths []string, form report.Format) error {
	all, err := readToCheck(ctx, s, file, paths)
	if err != nil {
		return err
	}
	w := livekey.ToCheck(all.set, all.uses)
	a, err := with.open(ctx, w)
	if err != nil {
		return err
	}
	found := a.Check(ctx, all.set.Target, w, all.uses)
	o := form.New(report.Output{
		Out: report.Stream{Writer: s.out}, Err: report.Stream{Writer: s.err}, Findings: report.Stream{Writer: s.out}, Command: "key check", Version: build.Version(),
	})
	findings := slices.Concat(all.findings, all.set.At(found.Account))
	r := report.Report{File: file, Findings: report.Of(findings)}
	for i, u := range all.uses {
		for _, f := range report.Of(found.Uses[i]) {
			f.Cluster = u.Cluster
			r.Findings = append(r.Findings, f)
		}
		findings = append(findings, found.Uses[i]...)
	}
	if !findings.HasErrors() {
		r.Notes = []string{fmt.Sprintf("%s in account %s will do, named in %s", report.Count(found.Keys, "key"), a.ID, report.Count(len(all.uses), "place"))}
	}
	if err := o.Write(r); err != nil {
		return err
	}
	if err := o.Close(all.tally); err != nil {
		return err
	}
	switch {
	case livekey.IsIncomplete(findings):
		return exit(exitWorld)
	case findings.HasErrors():
		return exit(exitFindings)
	}
	return nil
}

// readToCheck is readSubject for a command that needs a key that is named.
func readToCheck(ctx context.Context, s std, file string, paths []string) (subject, error) {
	all, err := readSubject(ctx, s, file, paths)
	if err == nil && len(all.uses) == 0 {
		err = diag.Findings{livekey.NoRegion()}
	}
	return all, err
}
