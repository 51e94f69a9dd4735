package fn

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A configMap holds the key policies of an intent, one a key of its data.
type configMap struct {
	name string
	keys []string
	data map[string]string
}

func newConfigMap(set generator.PolicySet) (configMap, error) {
	m := configMap{name: set.ConfigMap, data: map[string]string{}}
	for _, p := range set.Policies {
		text, err := policy.Format(p.Document)
		if err != nil {
			return m, err
		}
		m.keys = append(m.keys, p.FileName())
		m.data[p.FileName()] = string(text)
	}
	return m, nil
}

// withPolicies puts the policies into a ResourceList: into the ConfigMap of that
// name among its items, or as a new item.
func withPolicies(list []byte, sets []generator.PolicySet) ([]byte, error) {
	for _, set := range sets {
		if len(set.Policies) == 0 {
			continue // the account's default EBS key: its policy is not ours
		}
		m, err := newConfigMap(set)
		if err != nil {
			return nil, err
		}
		doc, err := yamledit.Parse(list, diag.Position{})
		if err != nil {
			return nil, err
		}
		if list, err = m.into(doc); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (m configMap) into(doc *yamledit.Document) ([]byte, error) {
	items := doc.Root().Get("items")
	for _, item := range items.Elements() {
		if item.Get("kind").Text() == "ConfigMap" && item.Get("apiVersion").Text() == "v1" && item.Lookup("metadata", "name").Text() == m.name {
			return m.update(doc, item)
		}
	}
	return m.add(doc, items)
}

// update brings the ConfigMap that is there up to date. One that holds anything
// else is somebody else's.
func (m configMap) update(doc *yamledit.Document, item yamledit.Node) ([]byte, error) {
	data := item.Get("data")
	same := data.Len() == len(m.keys)
	for key, value := range data.Entries() {
		if !strings.HasPrefix(key.Text(), "policy-") || !strings.HasSuffix(key.Text(), ".json") {
			return nil, fmt.Errorf("the ConfigMap %s is there already and holds %q, so it is not ours to write; give spec.policy.configMap another name", m.name, key.Text())
		}
		text, known := m.data[key.Text()]
		same = same && known && text == value.Text()
	}
	if same {
		return doc.Bytes(), nil
	}
	if data.Kind() != yamledit.Mapping || data.Alias() {
		return nil, fmt.Errorf("the ConfigMap %s is there already without data of its own; remove it, or give spec.policy.configMap another name", m.name)
	}
	start, end := data.Span()
	if data.Flow() {
		text, err := marshal(m.data)
		if err != nil {
			return nil, err
		}
		return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: start, End: end, Text: string(text)}})
	}
	column := start - bytes.LastIndexByte(doc.Bytes()[:start], '\n') - 1
	text := strings.TrimLeft(m.entries(column), " ")
	return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: start, End: end, Text: strings.TrimSuffix(text, "\n")}})
}

// add puts the ConfigMap behind the last item.
func (m configMap) add(doc *yamledit.Document, items yamledit.Node) ([]byte, error) {
	src := doc.Bytes()
	start, end := items.Span()
	switch {
	case items.Kind() == yamledit.None:
		_, end = doc.Root().Span()
		if doc.Root().Flow() {
			return m.splice(doc, end-1, end-1, `, "items": [`, "]")
		}
		at := lineEnd(src, end)
		return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: at, End: at, Text: "\nitems:\n" + strings.TrimSuffix(m.item(0), "\n")}})
	case items.Kind() == yamledit.Null:
		return m.splice(doc, start, end, spaced(src, start)+"[", "]")
	case items.Flow() && items.Len() == 0:
		return m.splice(doc, start, end, "[", "]")
	case items.Flow():
		return m.splice(doc, end-1, end-1, ", ", "")
	}
	column := start - bytes.LastIndexByte(src[:start], '\n') - 1
	at := lineEnd(src, end)
	return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: at, End: at, Text: "\n" + strings.TrimSuffix(m.item(column), "\n")}})
}

// splice puts the ConfigMap as JSON between two texts in place of a span.
func (m configMap) splice(doc *yamledit.Document, start, end int, before, after string) ([]byte, error) {
	text, err := marshal(struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Metadata   map[string]string `json:"metadata"`
		Data       map[string]string `json:"data"`
	}{"v1", "ConfigMap", map[string]string{"name": m.name}, m.data})
	if err != nil {
		return nil, err
	}
	return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: start, End: end, Text: before + string(text) + after}})
}

// item spells the ConfigMap as an element of a block list in a column.
func (m configMap) item(column int) string {
	indent := strings.Repeat(" ", column)
	return indent + "- apiVersion: v1\n" + indent + "  kind: ConfigMap\n" + indent + "  metadata:\n" + indent + "    name: " + m.name + "\n" +
		indent + "  data:\n" + m.entries(column+4)
}

// entries spells the data as a block mapping in a column, each policy literally.
func (m configMap) entries(column int) string {
	indent := strings.Repeat(" ", column)
	var b strings.Builder
	for _, key := range m.keys {
		b.WriteString(indent + key + ": |\n")
		for line := range strings.Lines(m.data[key]) {
			b.WriteString(indent + "  " + line)
		}
	}
	return b.String()
}
