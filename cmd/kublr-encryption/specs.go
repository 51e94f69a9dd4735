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

// look takes paths, or stdin, through specs. What a stream becomes is written to
// out, unless it is nil; links that are not followed are told on stderr.
func look(ctx context.Context, std stdio, s run.Specs, which run.Selection, paths []string, out io.Writer, take func(report.Report) error) error {
	if paths[0] == "-" {
		return s.Stream(ctx, shown("-"), std.in, out, take)
	}
	found, err := which.Find(ctx, paths)
	if err != nil {
		return err
	}
	if err := take(report.Report{Findings: report.Of(found.Findings), Tally: report.Tally{Ignored: run.WithClusters(ctx, found.Ignored)}}); err != nil {
		return err
	}
	for _, link := range found.Skipped {
		fmt.Fprintf(std.err, "skipped %s\n", diag.Safe(link.Name+": "+link.Why))
	}
	p := progress{std: std, total: len(found.Files), last: time.Now()}
	return s.Files(ctx, found.Files, func(r report.Report) error {
		p.add(r.Tally.Files)
		return take(r)
	})
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
