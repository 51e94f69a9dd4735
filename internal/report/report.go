package report

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A Report is what became of one thing that was looked at: a document of a file,
// a file as a whole, an intent or a key policy.
type Report struct {
	File     string // as it is shown; empty when it is about no file
	Findings []Finding
	Clusters []generator.Cluster
	Foreign  []Foreign        // other projects' clusters, which are left alone
	Pending  bool             // the changes of the clusters are yet to be made
	Verdicts []policy.Verdict // on a key policy; nil when it is about something else
	Premises []string         // for whom it was judged, a sentence each
	Diff     string           // what changed, as `patch` and `git apply` take it
	Notes    []string         // for a person who reads along, a line each
	Tally    Tally
}

// A Foreign is another project's cluster.
type Foreign struct {
	Name, APIVersion string
	Line             int // of its document
}

// A Finding is one, and where it belongs.
type Finding struct {
	diag.Finding
	Cluster string // the name of the cluster it is about, if any
	// Column and EndColumn are those of Position and End in characters; 0 when that
	// is not known.
	Column, EndColumn int
}

// Of gives findings that are about no cluster.
func Of(findings diag.Findings) []Finding {
	all := make([]Finding, len(findings))
	for i, f := range findings {
		all[i].Finding = f
	}
	return all
}

// OfText gives findings about a text and, if any, a cluster in it. The text is
// what stands in the file they name first, from start on.
func OfText(findings diag.Findings, file string, text []byte, start diag.Position, cluster string) []Finding {
	all := Of(findings)
	for i := range all {
		f := &all[i]
		f.Cluster = cluster
		if f.File == file {
			f.Column = characters(text, start, f.Position)
			f.EndColumn = characters(text, start, f.End)
		}
	}
	return all
}

// characters gives the column of a place in characters: a byte that is no UTF-8
// counts as one.
func characters(text []byte, start, at diag.Position) int {
	end := at.Byte - start.Byte
	if at.Line == 0 || end < 0 || end > len(text) {
		return 0
	}
	line := bytes.LastIndexByte(text[:end], '\n') + 1
	column := utf8.RuneCount(text[line:end]) + 1
	if line == 0 {
		column += max(start.Column, 1) - 1
	}
	return column
}

// Failures gives the findings, and as findings what else is not as it should be:
// verdicts, and changes that are yet to be made.
func (r *Report) Failures() []Finding {
	all := r.unset()
	for _, v := range r.Verdicts {
		all = append(all, r.against(v)...)
	}
	return all
}

// against gives as a finding that a verdict is not well; nothing when it is.
func (r *Report) against(v policy.Verdict) []Finding {
	if v.IsWell() {
		return nil
	}
	f := v.Finding()
	f.File = r.File
	return []Finding{{Finding: f}}
}

// unset gives the findings, and as findings the changes that are yet to be made.
func (r *Report) unset() []Finding {
	all := slices.Clone(r.Findings)
	if !r.Pending {
		return all
	}
	for _, c := range r.Clusters {
		for _, s := range settings(c) {
			f := wouldChange.Finding(s.at, s.field, "would be set: "+s.text, "run `kublr-encryption apply`")
			f.File = c.File
			all = append(all, Finding{Finding: f, Cluster: c.Name})
		}
	}
	return all
}

// HasErrors tells whether something is not as it should be, apart from changes
// that are yet to be made.
func (r *Report) HasErrors() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == diag.Error }) ||
		slices.ContainsFunc(r.Verdicts, func(v policy.Verdict) bool { return !v.IsWell() })
}

// A setting is what changes in one mapping of a cluster.
type setting struct {
	at    diag.Position
	field diag.Field
	text  string
}

func settings(c generator.Cluster) []setting {
	var all []setting
	for _, change := range c.Changes {
		text := change.Key + ": " + spelled(change.New)
		if change.Removed {
			text = "no " + change.Key
		}
		if change.Old != nil {
			text += " (was " + spelled(change.Old) + ")"
		}
		if last := len(all) - 1; last >= 0 && slices.Equal(all[last].field, change.Field) {
			all[last].text += ", " + text
			continue
		}
		all = append(all, setting{change.Position, change.Field, text})
	}
	return all
}

// spelled tells the string 'true' from the boolean.
func spelled(v any) string {
	if s, ok := v.(string); ok && (s == "true" || s == "false" || s == "") {
		return "'" + s + "'"
	}
	return fmt.Sprint(v)
}

// A Tally counts what a run came to.
type Tally struct {
	Files    int `json:"files"`            // looked at
	Changed  int `json:"changed"`          // files changed, or that would be
	Refused  int `json:"refused"`          // files left as they were for an error
	Broken   int `json:"broken"`           // files that could not be read or replaced
	Clusters int `json:"clusters"`         // Kublr clusters of the intent
	Skipped  int `json:"skipped"`          // clusters left alone
	Volumes  int `json:"volumes"`          // in those clusters, that the intent is about
	Values   int `json:"values"`           // set or removed, or that would be
	Others   int `json:"others"`           // objects that are no clusters
	Unread   int `json:"unread"`           // documents refused as a whole, since they cannot be read
	Ignored  int `json:"ignored,omitzero"` // files with clusters that git ignores, so that they were left out
	Hidden   int `json:"hidden,omitzero"`  // files with clusters that were left out, since they are hidden
	Unshown  int `json:"-"`                // changes that are not in the diff
	// Foreign are clusters of other projects, by their apiVersion.
	Foreign map[string]int `json:"foreign,omitempty"`
	// PassedOver is what was not looked at and may hold clusters, by what it is, and
	// hidden files without.
	PassedOver map[string]int `json:"passedOver,omitempty"`
}

// Add counts more.
func (t *Tally) Add(more Tally) {
	t.Files += more.Files
	t.Changed += more.Changed
	t.Refused += more.Refused
	t.Broken += more.Broken
	t.Clusters += more.Clusters
	t.Skipped += more.Skipped
	t.Volumes += more.Volumes
	t.Values += more.Values
	t.Others += more.Others
	t.Unread += more.Unread
	t.Foreign = sum(t.Foreign, more.Foreign)
	t.PassedOver = sum(t.PassedOver, more.PassedOver)
	t.Ignored += more.Ignored
	t.Hidden += more.Hidden
	t.Unshown += more.Unshown
}

func sum(counts, more map[string]int) map[string]int {
	for name, count := range more {
		if counts == nil {
			counts = map[string]int{}
		}
		counts[name] += count
	}
	return counts
}

// String gives what was looked at, in a sentence that is the same for every command.
func (t Tally) String() string {
	parts := []string{Count(t.Clusters, "Kublr cluster") + " in " + Count(t.Files, "file") + ", " + Count(t.Volumes, "volume")}
	add := func(n int, what, then string) {
		if n > 0 {
			parts = append(parts, Count(n, what)+" "+then)
		}
	}
	add(t.Unread, "document", "could not be read")
	add(t.Broken, "file", "could not be read or replaced")
	add(t.Skipped, "cluster", "skipped")
	for _, version := range slices.Sorted(maps.Keys(t.Foreign)) {
		add(t.Foreign[version], "Cluster", "of "+diag.Safe(version)+" left alone")
	}
	add(t.Others, "other document", "left alone")
	add(t.Ignored, "file", "with clusters left out, since git ignores them (--no-ignore)")
	add(t.Hidden, "file", "with clusters left out, since hidden: name them")
	for _, kind := range slices.Sorted(maps.Keys(t.PassedOver)) {
		add(t.PassedOver[kind], kind, "passed over")
	}
	return "found " + strings.Join(parts, "; ")
}

// Count gives a number of things, as it is said.
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
