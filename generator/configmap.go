package generator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// modeKey is the key of data that stands for the annotation.
const modeKey = "mode"

// IntentOfConfigMap takes the intent that a ConfigMap's data spells flat, as
// orchestrators pass simple settings: a key is a field's path below spec, such as
// kublr.user, and a list is separated by commas; mode stands for the annotation. Types are those of the intent's
// schema; what does not fit is left as it is, for [NewPlan] to report.
func IntentOfConfigMap(file string, n yamledit.Node) (Intent, error) {
	var root schemaNode
	if err := json.Unmarshal(kublrencryption.Schema(), &root); err != nil {
		return Intent{}, fmt.Errorf("internal error: the intent's schema: %w", err)
	}
	data := n.Get("data")
	spec := map[string]any{}
	metadata := map[string]any{"name": "config"}
	if name := n.Lookup("metadata", "name").Value(); name != nil {
		metadata["name"] = name
	}
	if annotations := n.Lookup("metadata", "annotations").Value(); annotations != nil {
		metadata["annotations"] = annotations
	}
	for key, value := range data.Entries() {
		if key.Text() == modeKey {
			metadata["annotations"] = map[string]any{ModeAnnotation: value.Value()}
			continue
		}
		path := strings.Split(key.Text(), ".")
		put(spec, path, root.Properties["spec"].at(path).read(value))
	}
	return Intent{
		file:  file,
		value: map[string]any{"apiVersion": APIVersion, "kind": IntentKind, "metadata": metadata, "spec": spec},
		place: func(field diag.Field) (diag.Position, diag.Field) { return placeInData(n, data, field) },
		words: root.flat,
	}, nil
}

// flat puts a finding about an intent in the form of data: kublr.user for a user of kublr.
func (s *schemaNode) flat(f *diag.Finding) {
	f.Message, f.Hint = strings.ReplaceAll(f.Message, "spec.", ""), strings.ReplaceAll(f.Hint, "spec.", "")
	var path []string
	for _, step := range f.Field {
		key, isKey := step.Key()
		if !isKey {
			return
		}
		path = append(path, key)
	}
	if len(path) < 2 {
		return
	}
	var above string
	if parent := path[1 : len(path)-1]; len(parent) > 0 {
		above = strings.Join(parent, ".") + "."
	}
	switch known := s.at(path[:len(path)-1]).settings(above); {
	case f.Code == "unknown-field" && known != "":
		f.Message = "is not a setting: known are " + known
		if near, ok := strings.CutPrefix(f.Hint, "did you mean "); ok {
			f.Hint = "did you mean " + above + near
		}
	case f.Code == "required" || f.Code == "type":
		if wanted := s.at(path).settings(strings.Join(path[1:], ".") + "."); wanted != "" {
			f.Hint = "give one of " + wanted
		}
	}
}

// settings lists the settings of a mapping, with what stands before their names.
func (s *schemaNode) settings(above string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		all = append(all, above+name)
	}
	return strings.Join(all, ", ")
}

// A schemaNode is the part of a JSON Schema that says what type a field has.
type schemaNode struct {
	Type       any                    `json:"type"`
	Properties map[string]*schemaNode `json:"properties"`
}

// at gives the schema of a field; the zero one for a field it does not know.
func (s *schemaNode) at(path []string) *schemaNode {
	for _, key := range path {
		if s == nil {
			break
		}
		s = s.Properties[key]
	}
	if s == nil {
		return &schemaNode{}
	}
	return s
}

// read gives a setting the type its field has.
func (s *schemaNode) read(n yamledit.Node) any {
	value := n.Value()
	setting, isText := value.(string)
	switch {
	case !isText:
		return value
	case s.Type == "boolean" && (setting == "true" || setting == "false"):
		return setting == "true"
	case s.Type == "array":
		list := []any{}
		for part := range strings.SplitSeq(setting, ",") {
			list = append(list, strings.TrimSpace(part))
		}
		return list
	}
	return setting
}

func put(m map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		below, ok := m[key].(map[string]any)
		if !ok {
			below = map[string]any{}
			m[key] = below
		}
		m = below
	}
	m[path[len(path)-1]] = value
}

// placeInData finds the entry of data that a field came from, else the deepest
// place that is there.
func placeInData(n, data yamledit.Node, field diag.Field) (diag.Position, diag.Field) {
	if mode := data.Get(modeKey); mode.Kind() != yamledit.None && slices.Equal(field, diag.Keys("metadata", "annotations", ModeAnnotation)) {
		return mode.Position(), diag.Keys("data", modeKey)
	}
	if len(field) > 0 && field[0] != diag.Keys("spec")[0] {
		return locate(n, field).Position(), field
	}
	steps := field[min(1, len(field)):]
	shown := append(diag.Keys("data"), steps...)
	isIndex := func(s diag.Step) bool { _, ok := s.Index(); return ok }
	for i := range steps {
		prefix := steps[:len(steps)-i]
		if slices.ContainsFunc(prefix, isIndex) {
			continue
		}
		if entry := data.Get(prefix.String()); entry.Kind() != yamledit.None {
			return entry.Key().Position(), shown
		}
	}
	return keyOf(data).Position(), shown
}
