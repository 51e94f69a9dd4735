package kublrencryption

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// wordings are those of messages.json, by name.
var wordings = sync.OnceValue(func() map[string]struct {
	Severity      diag.Severity
	Message, Hint string
} {
	var all map[string]struct {
		Severity      diag.Severity
		Message, Hint string
	}
	if err := json.Unmarshal(embedded("messages.json"), &all); err != nil {
		panic(err) // it is embedded, and a test reads it
	}
	return all
})

// Codes gives the row of each code that the library finds and that is not an
// editor's: those of yamledit it gives for clusters as well.
func Codes() []diag.Code {
	var rows []diag.Code
	if err := json.Unmarshal(embedded("codes.json"), &rows); err != nil {
		panic(err) // it is embedded, and a test reads it
	}
	return rows
}

// Say gives a finding in the words of messages.json, for what the library and the
// generator both find. A name is a code, or a code and which of its wordings:
// region-unknown/policy. The values stand for the $names$ in the text.
func Say(name string, field diag.Field, values map[string]string) diag.Finding {
	words, ok := wordings()[name]
	if !ok {
		panic("messages.json has no " + name) // names are ours, and a test holds each
	}
	code, _, _ := strings.Cut(name, "/")
	return diag.Finding{
		Severity: words.Severity, Code: code, Field: field,
		Message: filled(words.Message, values), Hint: filled(words.Hint, values),
	}
}

// filled gives a text with values in it, which are not looked at again.
func filled(text string, values map[string]string) string {
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, "$"+name+"$", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
