package run

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/git"
	"github.com/kublr-encryption/kublr-encryption/internal/replace"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/spool"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// Stdin is how the stream on stdin is called in messages; as a path it is "-".
const Stdin = "<stdin>"

// A Source is where specs come from: the files that paths name, or a stream.
type Source struct {
	Found
	stream io.Reader
}

// Open finds what paths name, of which - alone is stdin.
func (s Selection) Open(ctx context.Context, paths []string, stdin io.Reader) (*Source, error) {
	if slices.Equal(paths, []string{"-"}) {
		return &Source{stream: stdin}, nil
	}
	found, err := s.Find(ctx, paths)
	return &Source{Found: found}, err
}

// Look takes the plan through a source. What a stream becomes is written to out, as
// [Specs.Stream] says.
func (s Specs) Look(ctx context.Context, in *Source, out io.Writer, take func(report.Report) error) error {
	if in.stream != nil {
		return s.Stream(ctx, Stdin, in.stream, out, take)
	}
	return s.Files(ctx, in.Files, take)
}

// Regions gives the regions of the clusters in a source that a plan selects. It fails
// when something could not be read, whose regions are not known then.
func Regions(ctx context.Context, plan *generator.Plan, in *Source) ([]string, error) {
	var regions []string
	var total report.Tally
	err := Specs{Plan: plan, Verify: true}.Look(ctx, in, nil, func(r report.Report) error {
		for _, c := range r.Clusters {
			regions = append(regions, c.Regions...)
		}
		total.Add(r.Tally)
		return nil
	})
	if err == nil && in.Broken+total.Broken+total.Unread > 0 {
		err = errors.New("some cluster specs could not be read, so their regions are not known: `kublr-encryption verify` says which")
	}
	slices.Sort(regions)
	return slices.Compact(regions), err
}

// An IntentFile is a file in which intents stand among other documents.
type IntentFile struct {
	Name     string
	Text     []byte // nil of stdin
	Intents  []generator.Intent
	Findings diag.Findings // on what may be meant as an intent and cannot be read
}

// Intents gives the files of a source that have intents. Each intent is for the folder
// of its file and what is below.
func (in *Source) Intents(ctx context.Context) (all []IntentFile, err error) {
	if in.stream != nil {
		var kept spool.Buffer
		f, err := intentsOf(Stdin, io.TeeReader(in.stream, &kept), nil)
		if err == nil {
			in.stream, err = kept.Reader()
		}
		return append(all, f...), err
	}
	for _, f := range in.Files {
		file, err := replace.Read(ctx, f.path)
		if err != nil {
			continue // it is told when its clusters are looked for
		}
		var found []IntentFile
		if isText(file) {
			found, err = intentsOf(f.Name, file, below(filepath.Dir(f.Name)))
		}
		if err == nil && len(found) > 0 {
			found[0].Text, _ = os.ReadFile(f.path) // without it, columns are not known
		}
		file.Close() // it was only read
		all = append(all, found...)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return all, nil
}

// below tells which files stand in a folder or below it.
func below(folder string) func(file string) bool {
	at, err := filepath.Abs(folder)
	return func(file string) bool {
		path, wrong := filepath.Abs(file)
		below, outside := filepath.Rel(at, path)
		return err == nil && wrong == nil && outside == nil && filepath.IsLocal(below)
	}
}

// intentsOf gives what a text has of intents, as one file or none.
func intentsOf(name string, text io.Reader, isFor func(file string) bool) ([]IntentFile, error) {
	f := IntentFile{Name: name}
	splitter := yamledit.NewSplitter(text)
	for {
		chunk, err := splitter.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if !bytes.Contains(chunk.Bytes, []byte(generator.IntentKind)) {
			continue
		}
		doc, err := yamledit.Parse(bytes.Clone(chunk.Bytes), chunk.Start)
		var wrong diag.Findings
		switch {
		case errors.As(err, &wrong) && saysIntent(chunk.Bytes):
			f.Findings = append(f.Findings, wrong.In(name)...)
		case err == nil && doc.Root().Get("kind").Text() == generator.IntentKind:
			f.Intents = append(f.Intents, generator.IntentOf(name, doc.Root()).For(isFor))
		}
	}
	if len(f.Intents)+len(f.Findings) == 0 {
		return nil, nil
	}
	return []IntentFile{f}, nil
}

// saysIntent tells of a text that cannot be read whether it is meant as an intent.
func saysIntent(text []byte) bool {
	for line := range bytes.Lines(text) {
		key, value, _ := strings.Cut(string(line), ":")
		if strings.Trim(key, " {\t\"'") == "kind" && strings.HasPrefix(strings.Trim(value, " \t\"'"), generator.IntentKind) {
			return true
		}
	}
	return false
}

// IntentName is the file that has the intent of a repository.
const IntentName = "kublr-encryption.yaml"

// NearIntent gives the path of the repository's intent: here or in a folder above, up to
// the root of the work tree; empty when there is none.
func NearIntent() string {
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	path, root := IntentName, git.Roots{}.Of(here)
	for folder := here; ; folder = filepath.Dir(folder) {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
		if folder == root || root == "" || folder == filepath.Dir(folder) {
			return ""
		}
		path = filepath.Join("..", path)
	}
}
