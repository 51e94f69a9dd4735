package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/git"
	"github.com/kublr-encryption/kublr-encryption/internal/replace"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/spool"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// Specs say what is done to files with cluster specs. The zero value but for the
// plan looks what would be edited, and changes nothing.
type Specs struct {
	Plan    *generator.Plan
	Verify  bool         // list what is not as intended, in place of edits
	Replace bool         // put edited files in place
	Diff    bool         // report what changes as a diff
	Context int          // how many lines around a change the diff has
	Paint   report.Paint // of the diff
	Base    string       // a git revision to compare files with; empty for none
}

// manyFiles is how many files are worked on at a time: to replace one is mostly
// waiting for the disk.
const manyFiles = 16

// Files takes the plan through files and hands on the reports of their documents,
// then for each file one of its own. With Replace a file in which something changes
// is replaced, unless an error was found in it: then it stays as it is, and its
// reports have no changes.
func (s Specs) Files(ctx context.Context, files []File, take func(report.Report) error) error {
	if s.Replace {
		sweep(files)
	}
	b := &bases{ctx: ctx, revision: s.Base, roots: git.Roots{}, trees: map[string]*baseTree{}}
	defer b.close()
	return ordered(ctx, manyFiles, slices.Values(files), func(f File) *look {
		return s.file(ctx, f, b)
	}, func(l *look) error { return l.hand(take) })
}

// sweep removes what killed runs left beside files.
func sweep(files []File) {
	swept := map[string]bool{}
	for _, f := range files {
		if folder := filepath.Dir(f.path); !swept[folder] {
			swept[folder] = true
			replace.Sweep(folder)
		}
	}
}

// Stream takes the plan through a stream of documents. What they become is written
// to out, unless it is nil, once no error was found in any.
func (s Specs) Stream(ctx context.Context, name string, in io.Reader, out io.Writer, take func(report.Report) error) error {
	l := s.look(name)
	if s.Verify {
		l.take = take
	}
	var kept spool.Buffer
	defer kept.Close() // whole by then
	err := l.documents(ctx, in, func(d document) error {
		if out == nil {
			return nil
		}
		_, err := kept.Write(d.Output)
		return err
	})
	if err != nil {
		return err
	}
	if err := l.hand(take); err != nil || l.tally.Refused > 0 || out == nil {
		return err
	}
	_, err = kept.WriteTo(out)
	return err
}

// A look is what is seen of one file.
type look struct {
	specs *Specs
	name  string
	base  *fileBase
	diff  differ
	queue queue
	take  func(report.Report) error // of reports that need not wait; nil when they do
	tally report.Tally              // of the file as a whole
}

func (s *Specs) look(name string) *look {
	return &look{specs: s, name: name, base: &fileBase{}, diff: differ{name: name, paint: s.Paint, context: s.Context, isAfterOurs: true}, tally: report.Tally{Files: 1}}
}

func (s *Specs) file(ctx context.Context, f File, b *bases) *look {
	l := s.look(f.Name)
	if s.Base != "" {
		l.base = b.of(f.path)
	}
	if err := l.file(ctx, f); err != nil {
		l.refuse(broken(err))
		l.tally.Refused, l.tally.Broken = 0, 1
	}
	return l
}

// broken says why a file was not read or replaced.
func broken(err error) diag.Finding {
	if errors.Is(err, replace.ErrChanged) {
		return report.ChangedMeanwhile.Finding(diag.Position{}, nil, "was changed by somebody else while it was worked on, and is as they left it", "run it again")
	}
	return report.File.Finding(diag.Position{}, nil, "cannot be read or replaced: "+err.Error(), "it is as it was")
}

// refuse tells why the file as a whole is left as it was.
func (l *look) refuse(f diag.Finding) {
	l.tally.Refused = 1
	l.tell(f)
}

// tell adds a finding about the file as a whole.
func (l *look) tell(f diag.Finding) {
	f.File = l.name
	l.queue.add(report.Report{File: l.name, Findings: report.Of(diag.Findings{f})})
}

// file looks at a file's documents, and replaces the file.
func (l *look) file(ctx context.Context, f File) error {
	if f.isPipe {
		return l.pipe(ctx, f)
	}
	open := replace.Read
	if l.specs.Replace {
		open = replace.Open
	}
	in, err := open(ctx, f.path)
	if err != nil {
		return err
	}
	defer in.Close() // an error of writing came from Commit
	if !isText(in) {
		l.tally.Others = 1
		return nil
	}
	err = l.documents(ctx, in, func(d document) error {
		if !l.specs.Replace || l.tally.Refused > 0 {
			return nil
		}
		return in.Add(int64(d.chunk.Start.Byte), d.chunk.Bytes, d.Output)
	})
	if l.base.err != nil {
		l.refuse(report.Base.Finding(diag.Position{}, nil, "cannot be compared with --base: "+l.base.err.Error(), "leave --base out, or correct it"))
		l.tally.Refused, l.tally.Broken = 0, 1
		return err
	}
	if err != nil || l.tally.Refused > 0 {
		return err
	}
	if err := in.Commit(); err != nil {
		return fmt.Errorf("writing %s: %w", l.name, err)
	}
	if more := in.Links() - 1; more > 0 && l.tally.Changed > 0 {
		l.tell(report.HardLink.Finding(diag.Position{}, nil, fmt.Sprintf("keeps its old text under %s, by hard links", report.Count(more, "other name")), "copy it there too, or make it a symbolic link"))
	}
	return nil
}

// pipe looks at the documents of a pipe, which has no place for what they become.
func (l *look) pipe(ctx context.Context, f File) error {
	if l.specs.Replace {
		return errors.New("it is a pipe: give - for it, or --diff")
	}
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close() // it was only read
	return l.documents(ctx, in, func(document) error { return nil })
}

// A document is what became of one document of a file.
type document struct {
	generator.Result
	chunk yamledit.Chunk // as it was
}

// isChanged tells whether the document came out with other bytes.
func (d document) isChanged() bool { return !bytes.Equal(d.Output, d.chunk.Bytes) }

// isOurs tells whether nothing but Kublr clusters stands in the document.
func (d document) isOurs() bool {
	return !slices.ContainsFunc(d.Outcomes, func(o generator.Outcome) bool { return o.Cluster == nil })
}

// documents works on all documents at once, and adds to the look and takes what
// becomes of them in order.
func (l *look) documents(ctx context.Context, in io.Reader, take func(document) error) error {
	splitter := yamledit.NewSplitter(in)
	var failed error
	chunks := func(yield func(yamledit.Chunk) bool) {
		for {
			chunk, err := splitter.Next()
			if err != nil {
				if err != io.EOF {
					failed = err
				}
				return
			}
			chunk.Bytes = bytes.Clone(chunk.Bytes)
			if !yield(chunk) {
				return
			}
		}
	}
	err := ordered(ctx, runtime.GOMAXPROCS(0), chunks, l.work, func(d document) error {
		if err := l.add(d); err != nil {
			return err
		}
		return take(d)
	})
	if err == nil {
		err = failed
	}
	return err
}

// work is called from several goroutines.
func (l *look) work(chunk yamledit.Chunk) document {
	edit := l.specs.Plan.Edit
	if l.specs.Verify {
		edit = l.specs.Plan.Verify
	}
	return document{edit(l.name, chunk, l.base.Base), chunk}
}

// add adds the report of a document.
func (l *look) add(d document) error {
	r := report.Report{File: l.name, Pending: !l.specs.Replace}
	for _, o := range d.Outcomes {
		o.Findings.Sort()
		r.Findings = append(r.Findings, report.OfText(o.Findings, l.name, d.chunk.Bytes, d.chunk.Start, o.Name)...)
		if o.Findings.HasErrors() {
			l.tally.Refused = 1
		}
		if o.Cluster == nil {
			r.Tally.Add(tallyOfOther(o))
			if o.Foreign != "" {
				r.Foreign = append(r.Foreign, report.Foreign{Name: o.Name, APIVersion: o.Foreign, Line: d.chunk.Start.Line})
			}
			continue
		}
		r.Clusters = append(r.Clusters, plain(*o.Cluster))
		r.Tally.Add(tallyOf(*o.Cluster))
	}
	if d.isChanged() {
		l.tally.Changed = 1
	}
	if l.specs.Diff {
		r.Diff = l.diff.document(d)
	}
	if l.take != nil {
		return l.take(r)
	}
	l.queue.add(r)
	return nil
}

// tallyOfOther counts what is no Kublr cluster, as far as can be told.
func tallyOfOther(o generator.Outcome) report.Tally {
	switch {
	case o.Unread:
		return report.Tally{Unread: 1}
	case o.Foreign != "":
		return report.Tally{Foreign: map[string]int{o.Foreign: 1}}
	}
	return report.Tally{Others: 1}
}

func tallyOf(c generator.Cluster) report.Tally {
	if c.Skipped != "" {
		return report.Tally{Skipped: 1}
	}
	return report.Tally{Clusters: 1, Volumes: c.Volumes, Values: len(c.Changes)}
}

// plain gives a cluster whose values JSON can write: what it cannot, such as .nan,
// is text.
func plain(c generator.Cluster) generator.Cluster {
	for i := range c.Changes {
		if _, err := json.Marshal(c.Changes[i].Old); err != nil {
			c.Changes[i].Old = fmt.Sprint(c.Changes[i].Old)
		}
	}
	return c
}

// hand hands on the reports of the documents, then that of the file. In a file that
// is left as it was nothing changed.
func (l *look) hand(take func(report.Report) error) error {
	defer l.queue.close()
	isLeft := l.tally.Refused+l.tally.Broken > 0
	if isLeft {
		l.tally.Changed = 0
	}
	err := l.queue.each(func(r report.Report) error {
		if isLeft {
			r.Diff, r.Tally.Values = "", 0
			for i := range r.Clusters {
				r.Clusters[i].Changes = nil
			}
		}
		return take(r)
	})
	if err != nil {
		return err
	}
	last := report.Report{File: l.name, Tally: l.tally}
	if !isLeft {
		last.Diff = l.diff.end()
		last.Findings = report.Of(l.diff.findings())
		last.Tally.Unshown = len(last.Findings)
	}
	return take(last)
}
