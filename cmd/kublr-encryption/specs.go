package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/spf13/cobra"
)

// openSpecs finds what paths name, for a command that reads intents too. The flags say
// what of folders counts.
func openSpecs(ctx context.Context, std stdio, which *run.Selection, intents, paths []string) (*run.Source, error) {
	if err := which.Check(); err != nil {
		return nil, usageError{err}
	}
	if err := stdinOnce("specs", slices.Concat(intents, paths)); err != nil {
		return nil, err
	}
	return which.Open(ctx, paths, std.in)
}

// look takes specs through a plan. What a stream becomes is written to out, unless it
// is nil.
func look(ctx context.Context, std stdio, s run.Specs, in *run.Source, out io.Writer, take func(report.Report) error) error {
	skipped := tellSkipped(ctx, std, in)
	skipped.Broken, skipped.Ignored = in.Broken, run.WithClusters(ctx, in.Ignored)
	if err := take(report.Report{Findings: report.Of(in.Findings), Tally: skipped}); err != nil {
		return err
	}
	p := progress{std: std, total: len(in.Files), last: time.Now()}
	return s.Look(ctx, in, out, func(r report.Report) error {
		p.add(r.Tally.Files)
		return take(r)
	})
}

// tellSkipped tells of links that are not followed, of pipes, and of hidden files with
// clusters, and counts them and hidden files without.
func tellSkipped(ctx context.Context, std stdio, in *run.Source) report.Tally {
	t := report.Tally{PassedOver: map[string]int{}}
	for _, f := range in.Hidden {
		if run.WithClusters(ctx, []run.File{f}) == 0 {
			t.PassedOver["hidden file"]++
			continue
		}
		t.Hidden++
		fmt.Fprintf(std.err, "skipped %s\n", diag.Safe(f.Name+": hidden; name it to have it looked at"))
	}
	for _, s := range in.Skipped {
		t.PassedOver[s.Kind]++
		fmt.Fprintf(std.err, "skipped %s\n", diag.Safe(s.Name+": "+s.Why))
	}
	return t
}

// checkBase tells whether files can be compared with a git revision.
func checkBase(ctx context.Context, base string, paths []string) error {
	switch {
	case base == "":
		return nil
	case paths[0] == "-":
		return usage("--base compares files with a git revision, and stdin is none")
	}
	return run.CheckBase(ctx, base, paths[0])
}

// selectionFlags adds the flags that say which files of folders are looked at.
func selectionFlags(c *cobra.Command) *run.Selection {
	s := &run.Selection{}
	c.Flags().StringArrayVar(&s.Include, "include", nil, "of folders look at files that match this `glob`, in place of *.yaml, *.yml and *.json; may be given again")
	c.Flags().StringArrayVar(&s.Exclude, "exclude", nil, "of folders leave out files and folders that match this `glob`; may be given again")
	c.Flags().BoolVar(&s.NoIgnore, "no-ignore", false, "of folders look at files that git ignores too")
	return s
}

// A progress shows on a terminal how far long work has come.
type progress struct {
	std         stdio
	total, done int
	last        time.Time
}

func (p *progress) add(files int) {
	p.done += files
	if p.std.isWatched && time.Since(p.last) > time.Second/2 {
		p.last = time.Now()
		fmt.Fprintf(p.std.err, "\r%d of %d files\x1b[K\r", p.done, p.total)
	}
}

// allowEmptyFlag adds --allow-empty to a gate.
func allowEmptyFlag(c *cobra.Command, allow *bool) {
	c.Flags().BoolVar(allow, "allow-empty", false, "pass, with a warning, when no cluster is selected")
}

// union gives a list with what it lacks of another, each once.
func union(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
