// Package build says what a program was built from.
package build

import (
	"cmp"
	"runtime/debug"
	"strings"

	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
)

// What the linker sets where a release is built; left alone, Go's own account of the
// build says it, as far as it knows.
var version, commit, date string

// Version gives the program's version: that of the release, else that of the module, as
// `go install …@v1.2.3` has it, else the library's.
func Version() string {
	return cmp.Or(version, moduleVersion(), kublrencryption.Version)
}

func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "(devel)" {
		return ""
	}
	return info.Main.Version
}

// Line says which program it is, in which version, from which commit of when.
func Line(program string) string {
	said := []string{program + " " + Version()}
	if commit := cmp.Or(commit, setting("vcs.revision")); commit != "" {
		said = append(said, "commit "+commit)
	}
	if date := cmp.Or(date, setting("vcs.time")); date != "" {
		said = append(said, date)
	}
	return strings.Join(said, ", ")
}

// setting gives what Go notes of a build; nothing when it does not.
func setting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
