// Package kublrencryption embeds the jsonnet library beside it and evaluates it:
// what an intent expands to is written there, and only there.
package kublrencryption

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
)

// Version is that of the library and of all that is built on it.
const Version = "0.1.0"

//go:embed main.libsonnet lib/*.libsonnet intent.schema.json cluster.json looks.json messages.json codes.json
var files embed.FS

// entry calls the library. Values come as JSON text and are parsed there, so
// that no input is ever read as code.
const entry = `function(call, args)
  local enc = import 'main.libsonnet';
  local a = std.parseJson(args);
  {
    plan: function() enc.plan(a[0]),
    apply: function() enc.apply(a[0], a[1]),
  }[call]()`

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

// A UserError says what is wrong with an intent or a cluster, a line each. Plan
// gives such mistakes as findings and never fails with it.
type UserError struct{ Message string }

func (e *UserError) Error() string { return e.Message }

// Plan expands an intent, given as JSON: findings, rules and the key policy, as
// JSON. docs/rules.md says how to read it.
func Plan(intent []byte) ([]byte, error) {
	return evaluate("plan", json.RawMessage(intent))
}

// Apply gives the cluster spec, a JSON value, as the intent wants it.
func Apply(intent, cluster []byte) ([]byte, error) {
	return evaluate("apply", json.RawMessage(intent), json.RawMessage(cluster))
}

var program = sync.OnceValues(func() (ast.Node, error) { return jsonnet.SnippetToAST("entry.jsonnet", entry) })

// machines are VMs at rest. One is not for concurrent use, and each has the
// library parsed.
var machines = sync.Pool{New: func() any {
	vm := jsonnet.MakeVM()
	vm.Importer(&importer{contents: map[string]jsonnet.Contents{}})
	return vm
}}

func evaluate(call string, args ...any) ([]byte, error) {
	input, err := json.Marshal(args)
	if err != nil {
		return nil, fmt.Errorf("reading the input of %s: %w", call, err)
	}
	node, err := program()
	if err != nil {
		return nil, internal(call, err)
	}
	vm := machines.Get().(*jsonnet.VM)
	defer machines.Put(vm)
	vm.TLAVar("call", call)
	vm.TLAVar("args", string(input))
	out, err := vm.Evaluate(node)
	if err != nil {
		return nil, internal(call, err)
	}
	return []byte(out), nil
}

// internal tells a mistake of the user's, which the library words itself, from
// one of ours.
func internal(call string, err error) error {
	var failed jsonnet.RuntimeError
	if !errors.As(err, &failed) {
		return fmt.Errorf("internal error in %s, please report it: %w", call, err)
	}
	if strings.HasPrefix(failed.Msg, "kublr-encryption: ") {
		return &UserError{Message: failed.Msg}
	}
	var frames strings.Builder
	for _, frame := range failed.StackTrace {
		fmt.Fprintf(&frames, "\n\t%s %s", frame.Loc.String(), frame.Name)
	}
	return fmt.Errorf("internal error in %s, please report it: %s%s", call, failed.Msg, frames.String())
}

// An importer reads the embedded files. The VM wants the same Contents for a
// path each time.
type importer struct{ contents map[string]jsonnet.Contents }

func (i *importer) Import(from, name string) (jsonnet.Contents, string, error) {
	found := path.Join(path.Dir(from), name)
	if c, ok := i.contents[found]; ok {
		return c, found, nil
	}
	src, err := files.ReadFile(found)
	if err != nil {
		return jsonnet.Contents{}, "", fmt.Errorf("importing %s from %s: %w", name, from, err)
	}
	i.contents[found] = jsonnet.MakeContentsRaw(src)
	return i.contents[found], found, nil
}
