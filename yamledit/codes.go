package yamledit

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// The rows of [Codes].
var (
	codeYAML = diag.Code{
		ID: "yaml", Severity: diag.Error, Title: "not YAML that every parser reads alike",
		Means:   "The text is not YAML, or it is written in a way that parsers in use read differently, or an edit could not be made so that all of them read the outcome as meant.",
		Why:     "Nobody can say what other programs would take from it, so nothing of the document is changed.",
		Remedy:  "Mend the line that is named, or write it in the simpler way that the hint gives.",
		Sources: []string{"https://yaml.org/spec/1.2.2/", "https://matrix.yaml.info/"},
	}
	codeTemplate = diag.Code{
		ID: "template", Severity: diag.Error, Title: "a template, not yet YAML",
		Means:   "A template expression, {{ … }} or {% … %}, stands where YAML is expected.",
		Why:     "What the template becomes is not known before it is rendered.",
		Remedy:  "Render the template first, then edit its output.",
		Sources: []string{"https://helm.sh/docs/chart_template_guide/yaml_techniques/"},
	}
	codeDuplicateKey = diag.Code{
		ID: "duplicate-key", Severity: diag.Error, Title: "a key that stands twice in one mapping",
		Means:   "Two entries of one mapping have the same key.",
		Why:     "YAML forbids it, and parsers differ on which of the two counts: some take the first, some the last, some refuse.",
		Remedy:  "Remove one of the two.",
		Sources: []string{"https://yaml.org/spec/1.2.2/#3213-node-comparison"},
	}
	codeTab = diag.Code{
		ID: "tab", Severity: diag.Error, Title: "a tab where YAML wants blanks",
		Means:   "A tab stands in the indentation, or after a dash, a colon, a question mark or a directive.",
		Why:     "YAML does not indent with tabs, and parsers differ on what such a line belongs to.",
		Remedy:  "Use blanks.",
		Sources: []string{"https://yaml.org/spec/1.2.2/#61-indentation-spaces"},
	}
	codeEncoding = diag.Code{
		ID: "encoding", Severity: diag.Error, Title: "not UTF-8, or a character that YAML forbids",
		Means:   "The text is not UTF-8, ends lines with a carriage return alone, or holds a control character or a byte order mark.",
		Why:     "Parsers refuse such a text or read it differently.",
		Remedy:  "Save the file as UTF-8 with \\n or \\r\\n at the ends of lines, and write odd characters as escapes in double quotes.",
		Sources: []string{"https://yaml.org/spec/1.2.2/#51-character-set"},
	}
	codeAnchor = diag.Code{
		ID: "anchor", Severity: diag.Error, Title: "shared through an anchor",
		Means:   "The place is shared with another one through an anchor and an alias, and not all that share it want the same edit; or the aliases are no tree.",
		Why:     "An edit would change a place that nobody asked to change.",
		Remedy:  "Write the value out in both places, or ask for the same in both.",
		Sources: []string{"https://yaml.org/spec/1.2.2/#692-node-anchors"},
	}
	codeMergeKey = diag.Code{
		ID: "merge-key", Severity: diag.Error, Title: "an edit of what a merge key brings",
		Means:   "A merge key (<<) brings the key that is to be set or removed, or the place stands in what a merge key merges, or a merge key has no mapping to merge.",
		Why:     "Merge keys are no part of YAML 1.2, and parsers differ on whether the merged key or the own one counts.",
		Remedy:  "Write the keys out instead of merging them.",
		Sources: []string{"https://yaml.org/type/merge.html"},
	}
	codeNotAMapping = diag.Code{
		ID: "not-a-mapping", Severity: diag.Error, Title: "something else where a mapping is needed",
		Means:   "A key is to be set, but what stands there is no mapping that can take one.",
		Why:     "To set the key, what is there would have to go, and nobody asked for that.",
		Remedy:  "Write a mapping there, or nothing.",
		Sources: []string{"https://yaml.org/spec/1.2.2/#3211-nodes"},
	}
	codeNotAList = diag.Code{
		ID: "not-a-list", Severity: diag.Error, Title: "something else where a list is needed",
		Means:   "A list is needed, but what stands there is none.",
		Why:     "To put a list there, what is there would have to go, and nobody asked for that.",
		Remedy:  "Write a list there, or nothing.",
		Sources: []string{"https://yaml.org/spec/1.2.2/#3211-nodes"},
	}
	codeNotAScalar = diag.Code{
		ID: "not-a-scalar", Severity: diag.Error, Title: "something else where a plain value is needed",
		Means:   "A plain value is to be set, but what stands there is a mapping or a list.",
		Why:     "To set the value, what is there would have to go, and nobody asked for that.",
		Remedy:  "Write the value there, or remove the key.",
		Sources: []string{"https://yaml.org/spec/1.2.2/#3211-nodes"},
	}
	codeBadEdit = diag.Code{
		ID: "bad-edit", Severity: diag.Error, Title: "an edit that no text can carry out",
		Means:   "What is to be set is no value that YAML can hold as it is, or the place is none of this document's.",
		Why:     "The mistake is in the program that asks for the edit, not in the text.",
		Remedy:  "Ask for a string in UTF-8, a bool, a finite number, nothing, a list or a mapping, at a place of the same document.",
		Sources: []string{"https://yaml.org/spec/1.2.2/#51-character-set"},
	}
)

// Codes are all that this package refuses: each error of [Parse], [Edit] and
// [Document.Apply] has the code of one of them.
var Codes = []diag.Code{
	codeYAML, codeTemplate, codeDuplicateKey, codeTab, codeEncoding, codeAnchor, codeMergeKey, codeNotAMapping, codeNotAList, codeNotAScalar, codeBadEdit,
}

// fail gives up the parse; Parse recovers the finding.
func (p *parser) fail(at int, code diag.Code, message, hint string) {
	if code.ID == codeYAML.ID && p.templateAt(at) {
		code, message = codeTemplate, "a template expression stands where YAML is expected"
		hint = "render the template first, then edit its output"
	}
	panic(code.Finding(p.doc.position(at), nil, message, hint))
}

// templateAt tells whether the line at an offset holds a template expression, so
// that a syntax error there is best explained by it.
func (p *parser) templateAt(at int) bool {
	start := bytes.LastIndexByte(p.src[:at], '\n') + 1
	line := p.src[start:]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	return bytes.Contains(line, []byte("{{")) || bytes.Contains(line, []byte("{%"))
}

// named quotes a key or an anchor for a message.
func named(name string) string { return fmt.Sprintf("%q", shortened(name)) }

// shortened gives at most 60 bytes of a name.
func shortened(name string) string {
	if len(name) > 60 {
		cut := 57
		for !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + "..."
	}
	return name
}
