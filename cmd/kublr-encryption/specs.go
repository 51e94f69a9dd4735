package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/tree"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// specs are the files a command looks at, and how it does.
type specs struct {
	plan      *generator.Plan
	work      func(*generator.Plan, string, yamledit.Chunk, generator.Base) generator.Result
	base      gitBase
	replace   bool // whether files in which something changes are replaced
	diff      bool // whether changes are kept as a diff
	diffPaint paint
	verb      string // what is said to be done to what changes
	isData    bool   // whether findings and clusters are kept as such, and not as text
	paint     paint  // for findings
}

// A fileReport is what became of one file's documents. Text waits in spools, so
// that a report takes no more memory for a file of many documents.
type fileReport struct {
	tally    tally
	regions  []string // of its clusters, each once
	notes    spool    // findings
	changes  spool    // what changed in which cluster, and what was skipped
	diff     differ
	clusters []generator.Cluster // as data
	findings []noted             // as data
}

func (s specs) newReport(name string) *fileReport {
	return &fileReport{tally: tally{Files: 1}, diff: differ{name: name, paint: s.diffPaint}}
}

func (s specs) take(r *fileReport, d tree.Document) (isGood bool) {
	r.tally.document(d)
	for _, o := range d.Outcomes {
		if o.Cluster != nil {
			s.cluster(r, *o.Cluster)
		}
		s.note(r, o.Name, o.Findings)
	}
	if s.diff {
		r.diff.document(d)
	}
	return r.tally.Refused == 0
}

func (s specs) cluster(r *fileReport, c generator.Cluster) {
	r.regions = union(r.regions, c.Regions)
	if s.isData {
		r.clusters = append(r.clusters, c)
		return
	}
	writeCluster(&r.changes, c, s.verb)
}

func (s specs) note(r *fileReport, cluster string, findings diag.Findings) {
	findings.Sort()
	if s.isData {
		r.findings = append(r.findings, note(cluster, findings)...)
	}
	for _, f := range findings {
		if f.Severity == diag.Error {
			r.tally.Refused = 1
		}
		if !s.isData {
			writeFinding(&r.notes, s.paint, f)
		}
	}
}

// close drops what nobody took.
func (r *fileReport) close() {
	for _, s := range []*spool{&r.notes, &r.changes, &r.diff.out} {
		s.Close() // nothing is lost by it
	}
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

// look takes paths, or stdin, through specs. Links that are not followed are told
// on stderr.
func (s specs) look(ctx context.Context, std stdio, paths []string, take func(*fileReport) error) error {
	if paths[0] == "-" {
		r, err := s.stream(ctx, std.in, nil)
		defer r.close()
		if err != nil {
			return err
		}
		return take(r)
	}
	files, skipped, err := tree.Find(paths)
	if err != nil {
		return err
	}
	for _, link := range skipped {
		fmt.Fprintf(std.err, "skipped %s: %s\n", link.Name, link.Why)
	}
	return s.files(ctx, files, newProgress(std.err), take)
}

// files looks at all files and gives their reports in order.
func (s specs) files(ctx context.Context, files []tree.File, progress *progress, take func(*fileReport) error) error {
	progress.total = len(files)
	look := func(f tree.File) tree.Look[*fileReport] {
		r := s.newReport(f.Name)
		base, err := s.base.of(ctx, f.Name, s.plan)
		if err != nil {
			s.note(r, "", diag.Findings{{
				Severity: diag.Error, Code: "base", File: f.Name, Message: "cannot be compared with --base: " + err.Error(), Hint: "leave --base out, or correct it",
			}})
		}
		return tree.Look[*fileReport]{
			Job:  func(chunk yamledit.Chunk) generator.Result { return s.work(s.plan, f.Name, chunk, base) },
			Take: func(d tree.Document) bool { return s.take(r, d) },
			Made: func() *fileReport { return r },
		}
	}
	return tree.Run(ctx, files, s.replace, look, func(o tree.Outcome[*fileReport]) error {
		progress.step()
		r := o.Made
		defer r.close()
		if o.Err != nil {
			s.note(r, "", diag.Findings{{
				Severity: diag.Error, Code: "file", File: o.File.Name, Message: "cannot be read or replaced: " + o.Err.Error(), Hint: "it is as it was",
			}})
			r.tally.Refused, r.tally.Broken = 0, 1
		}
		return take(r)
	})
}

// stream looks at the documents of a stream. With out, what they become is
// written there.
func (s specs) stream(ctx context.Context, in io.Reader, out io.Writer) (*fileReport, error) {
	r := s.newReport("stdin")
	job := func(chunk yamledit.Chunk) generator.Result {
		return s.work(s.plan, shown("-"), chunk, generator.Base{})
	}
	return r, tree.Stream(ctx, in, job, func(d tree.Document) error {
		s.take(r, d)
		if out == nil {
			return nil
		}
		_, err := out.Write(d.Output)
		return err
	})
}

// A progress shows on a terminal how far long work has come.
type progress struct {
	w     io.Writer // nil when nobody watches
	total int
	done  int
	last  time.Time
}

func newProgress(w io.Writer) *progress {
	if !isTerminal(w) {
		w = nil
	}
	return &progress{w: w, last: time.Now()}
}

func (p *progress) step() {
	p.done++
	if p.w != nil && time.Since(p.last) > time.Second/2 {
		p.last = time.Now()
		fmt.Fprintf(p.w, "\r%d of %d files\x1b[K\r", p.done, p.total)
	}
}
