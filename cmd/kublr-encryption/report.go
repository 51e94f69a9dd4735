package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/tree"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// writeFinding prints a finding on one line: severity: file:line:col: path:
// message; hint [code].
func writeFinding(w io.Writer, paint paint, f diag.Finding) {
	severity := string(f.Severity)
	switch f.Severity {
	case diag.Error:
		severity = paint.red(severity)
	case diag.Warning:
		severity = paint.yellow(severity)
	}
	fmt.Fprintf(w, "%s: %s [%s]\n", severity, f, f.Code)
}

func writeFindings(w io.Writer, paint paint, findings diag.Findings) {
	for _, f := range findings {
		writeFinding(w, paint, f)
	}
}

// A noted finding is one and the name of the cluster it is about, if any.
type noted struct {
	diag.Finding
	cluster string
}

func note(cluster string, findings diag.Findings) []noted {
	var all []noted
	for _, f := range findings {
		all = append(all, noted{f, cluster})
	}
	return all
}

// writeCluster prints what changed in a cluster, a line for each mapping, or why
// it was skipped.
func writeCluster(w io.Writer, c generator.Cluster, verb string) {
	name := c.Name
	if name == "" {
		name = "a cluster without a name"
	}
	if c.Skipped != "" {
		fmt.Fprintf(w, "skipped %s: %s: %s\n", c.File, name, c.Skipped)
		return
	}
	for i := 0; i < len(c.Changes); {
		first := c.Changes[i]
		var fields []string
		for ; i < len(c.Changes) && slices.Equal(c.Changes[i].Field, first.Field); i++ {
			fields = append(fields, spellChange(c.Changes[i]))
		}
		fmt.Fprintf(w, "%s %s:%d: %s: %s: %s\n", verb, c.File, first.Position.Line, name, first.Field, strings.Join(fields, ", "))
	}
}

func spellChange(c yamledit.Change) string {
	text := c.Key + ": " + spellValue(c.New)
	if c.Removed {
		text = "no " + c.Key
	}
	if c.Old != nil {
		text += " (was " + spellValue(c.Old) + ")"
	}
	return text
}

// spellValue tells the string 'true' from the boolean.
func spellValue(v any) string {
	if s, ok := v.(string); ok && (s == "true" || s == "false" || s == "") {
		return "'" + s + "'"
	}
	return fmt.Sprint(v)
}

// A tally counts what a run came to.
type tally struct {
	Files    int `json:"files"`    // looked at
	Changed  int `json:"changed"`  // files changed, or that would be
	Refused  int `json:"refused"`  // files left as they were for an error
	Broken   int `json:"broken"`   // files that could not be read or replaced
	Clusters int `json:"clusters"` // Kublr clusters of the intent
	Skipped  int `json:"skipped"`  // clusters left alone
	Volumes  int `json:"volumes"`  // in those clusters, that the intent is about
	Values   int `json:"values"`   // set or removed, or that would be
	Others   int `json:"others"`   // documents that are no clusters
}

// document counts one document of a file.
func (t *tally) document(d tree.Document) {
	if d.Changed() {
		t.Changed = 1
	}
	for _, o := range d.Outcomes {
		c := o.Cluster
		if c == nil {
			t.Others++
			continue
		}
		if c.Skipped != "" {
			t.Skipped++
			continue
		}
		t.Clusters++
		t.Volumes += c.Volumes
		t.Values += len(c.Changes)
	}
}

// add counts a file. Nothing changed in one that was left as it was.
func (t *tally) add(file tally) {
	if file.Refused+file.Broken > 0 {
		file.Changed, file.Values = 0, 0
	}
	t.Files += file.Files
	t.Changed += file.Changed
	t.Refused += file.Refused
	t.Broken += file.Broken
	t.Clusters += file.Clusters
	t.Skipped += file.Skipped
	t.Volumes += file.Volumes
	t.Values += file.Values
	t.Others += file.Others
}

// err tells of files that could not be read or replaced.
func (t tally) err() error {
	if t.Broken == 0 {
		return nil
	}
	return fmt.Errorf("%s could not be read or replaced", count(t.Broken, "file"))
}

func (t tally) String() string {
	parts := []string{count(t.Volumes, "volume") + " in " + count(t.Clusters, "cluster")}
	if t.Skipped > 0 {
		parts = append(parts, count(t.Skipped, "cluster")+" skipped")
	}
	if t.Others > 0 {
		parts = append(parts, count(t.Others, "other document")+" left alone")
	}
	return strings.Join(parts, "; ")
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
