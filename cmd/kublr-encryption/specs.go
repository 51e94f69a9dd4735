package main

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/generator/yamledit"
	"github.com/kublr-encryption/kublr-encryption/internal/tree"
)

// specs are the files a command looks at, and how it does.
type specs struct {
	plan    *generator.Plan
	work    func(*generator.Plan, string, yamledit.Chunk, generator.Base) generator.Result
	base    gitBase
	replace bool // whether files in which something changes are replaced
	diff    bool // whether changes are kept as hunks
}

// A fileReport is what became of one file's documents.
type fileReport struct {
	name      string
	documents int
	clusters  []generator.Cluster
	findings  []generator.Finding
	hunks     []hunk
	changed   bool
	isRefused bool // an error was found, so the file is left as it is
	isBroken  bool // it could not be read or replaced
}

func (r *fileReport) take(d tree.Document, diff bool) (isGood bool) {
	r.documents++
	if n := len(r.hunks); n > 0 {
		r.hunks[n-1].close(d.Chunk.Bytes)
	}
	r.clusters = append(r.clusters, d.Clusters...)
	r.findings = append(r.findings, d.Findings...)
	r.isRefused = r.isRefused || generator.HasErrors(d.Findings)
	if d.Changed() {
		r.changed = true
		if diff {
			r.hunks = append(r.hunks, hunks(d.Chunk.Start.Line, d.Chunk.Bytes, d.Output)...)
		}
	}
	return !r.isRefused
}

// files looks at all files and gives their reports in order.
func (s specs) files(ctx context.Context, files []tree.File, progress *progress, take func(fileReport) error) error {
	progress.total = len(files)
	look := func(f tree.File) tree.Look[fileReport] {
		report := fileReport{name: f.Name}
		base, err := s.base.of(ctx, f.Name, s.plan)
		if err != nil {
			report.isRefused = true
			report.findings = append(report.findings, generator.Finding{
				Severity: generator.Error, Code: "base", File: f.Name, Message: "cannot be compared with --base: " + err.Error(), Hint: "leave --base out, or correct it",
			})
		}
		return tree.Look[fileReport]{
			Job: func(chunk yamledit.Chunk) generator.Result {
				return s.work(s.plan, f.Name, chunk, base)
			},
			Take: func(d tree.Document) bool { return report.take(d, s.diff) },
			Made: func() fileReport { return report },
		}
	}
	return tree.Run(ctx, files, s.replace, look, func(o tree.Outcome[fileReport]) error {
		progress.step()
		if o.Err != nil {
			o.Made.findings = append(o.Made.findings, generator.Finding{
				Severity: generator.Error, Code: "file", File: o.File.Name, Message: "cannot be read or replaced: " + o.Err.Error(), Hint: "it is as it was",
			})
			o.Made.isBroken = true
		}
		return take(o.Made)
	})
}

// stream looks at the documents of a stream. With out, what they become is
// written there.
func (s specs) stream(ctx context.Context, in io.Reader, out io.Writer) (fileReport, error) {
	report := fileReport{name: shown("-")}
	job := func(chunk yamledit.Chunk) generator.Result {
		return s.work(s.plan, report.name, chunk, generator.Base{})
	}
	err := tree.Stream(ctx, in, job, func(d tree.Document) error {
		report.take(d, s.diff)
		if out == nil {
			return nil
		}
		_, err := out.Write(d.Output)
		return err
	})
	return report, err
}

// A progress shows on a terminal how far long work has come.
type progress struct {
	w     io.Writer // nil when nobody watches
	total int
	done  atomic.Int64
	last  time.Time
}

func newProgress(w io.Writer) *progress {
	if !isTerminal(w) {
		w = nil
	}
	return &progress{w: w, last: time.Now()}
}

func (p *progress) step() {
	done := p.done.Add(1)
	if p.w != nil && time.Since(p.last) > time.Second/2 {
		p.last = time.Now()
		fmt.Fprintf(p.w, "\r%d of %d files\x1b[K\r", done, p.total)
	}
}
