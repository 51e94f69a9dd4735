package kublrencryption

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-jsonnet"
	"github.com/sebdah/goldie/v2"
)

// collect gives what docsonnet would read: the fields '#name', and whether each
// function has one.
const collect = `
local lib = import 'main.libsonnet';
local read(o) = {
  docs: { [f[1:]]: o[f] for f in std.objectFieldsAll(o) if f[0] == '#' && f != '#' },
  functions: [f for f in std.objectFieldsAll(o) if std.isFunction(o[f])],
  arity: { [f]: std.length(o[f]) for f in self.functions },
};
{ package: lib['#'], main: read(lib), intent: read(lib.intent) }`

type documented struct {
	Docs map[string]struct {
		Function *struct {
			Help string
			Args []struct {
				Name    string
				Default any
			}
		}
		Object, Value *struct{ Help string }
	}
	Functions []string
	Arity     map[string]int
}

//go:generate go test -run TestDocs -update .

func TestDocs(t *testing.T) {
	out, err := jsonnet.MakeVM().EvaluateAnonymousSnippet("collect.jsonnet", collect)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Package      struct{ Name, Help, Import, URL, Version string }
		Main, Intent documented
	}
	if err := json.Unmarshal([]byte(out), &read); err != nil {
		t.Fatal(err)
	}
	type object struct {
		Title, Help string
		Fields      []field
	}
	data := struct {
		Package any
		Objects []object
	}{read.Package, []object{
		{Title: "Functions", Fields: read.Main.fields(t, "enc.")},
		{Title: "enc.intent", Help: read.Main.Docs["intent"].Object.Help, Fields: read.Intent.fields(t, "enc.intent.")},
	}}
	var page bytes.Buffer
	if err := template.Must(template.ParseFiles("test/README.md.tmpl")).Execute(&page, data); err != nil {
		t.Fatal(err)
	}
	goldie.New(t, goldie.WithFixtureDir("."), goldie.WithNameSuffix(".md")).Assert(t, "README", page.Bytes())
}

type field struct{ Signature, Help string }

// fields gives the documented functions, and holds that there are no others.
func (d documented) fields(t *testing.T, prefix string) []field {
	t.Helper()
	var all []field
	for _, name := range d.Functions {
		doc := d.Docs[name].Function
		if doc == nil {
			t.Errorf("%s%s has no '#%[2]s'", prefix, name)
			continue
		}
		if len(doc.Args) < d.Arity[name] {
			t.Errorf("'#%s' lists %d parameters, %[1]s has %d", name, len(doc.Args), d.Arity[name])
		}
		var args []string
		for _, a := range doc.Args {
			if a.Default == nil {
				args = append(args, a.Name)
				continue
			}
			value, err := json.Marshal(a.Default)
			if err != nil {
				t.Fatal(err)
			}
			args = append(args, fmt.Sprintf("%s=%s", a.Name, strings.ReplaceAll(string(value), `"`, `'`)))
		}
		all = append(all, field{Signature: prefix + name + "(" + strings.Join(args, ", ") + ")", Help: doc.Help})
	}
	return all
}
