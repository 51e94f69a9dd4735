// Package kublrencryption embeds the jsonnet library beside it and evaluates it:
// what an intent expands to is written there, and only there.
package kublrencryption

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
	"github.com/kublr-encryption/kublr-encryption/internal/program"
)

// Version is that of the library and of all that is built on it.
const Version = "0.1.0"

//go:embed intent.schema.json cluster.json looks.json messages.json codes.json
var files embed.FS

// built is entry.jsonnet with the library, read already: parsing the sources takes
// most of the time that the programs need to start.
//
//go:generate go test -run TestTheBuiltInProgramIsTheLibrary -update .
//go:embed program.bin
var built string

// Schema gives the intent's JSON Schema, in the subset that the library checks.
func Schema() []byte { return embedded("intent.schema.json") }

// Cluster gives what a Kublr cluster is, and Looks the rows that say what makes one
// wrong, both as JSON. docs/rules.md says how to read them.
func Cluster() []byte { return embedded("cluster.json") }
func Looks() []byte   { return embedded("looks.json") }

func embedded(name string) []byte {
	src, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded above
	}
	return src
}

var library = sync.OnceValues(func() (ast.Node, error) { return program.Decode(built) })

// machines are VMs at rest: one is not for concurrent use.
var machines = sync.Pool{New: func() any { return jsonnet.MakeVM() }}

// Plan expands an intent, given as JSON: findings, rules and the key policy, as
// JSON. docs/rules.md says how to read it. A mistake in the intent is a finding; an
// error is of what is no JSON, or ours.
func Plan(intent []byte) ([]byte, error) {
	if !json.Valid(intent) {
		return nil, errors.New("the intent is not JSON")
	}
	node, err := library()
	if err != nil {
		return nil, internal(err)
	}
	vm := machines.Get().(*jsonnet.VM)
	defer machines.Put(vm)
	vm.TLAVar("intent", string(intent))
	out, err := vm.Evaluate(node)
	if err != nil {
		return nil, internal(err)
	}
	return []byte(out), nil
}

func internal(err error) error {
	var failed jsonnet.RuntimeError
	if !errors.As(err, &failed) {
		return fmt.Errorf("internal error in the library, please report it: %w", err)
	}
	var frames strings.Builder
	for _, frame := range failed.StackTrace {
		fmt.Fprintf(&frames, "\n\t%s %s", frame.Loc.String(), frame.Name)
	}
	return fmt.Errorf("internal error in the library, please report it: %s%s", failed.Msg, frames.String())
}
