package yamledit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// decode gives what yaml.v3 reads: the value of the one document in src, in the
// form of [Node.Value].
func decode(src []byte) (any, error) {
	v, err := decodeYAML(src)
	if err != nil {
		if simpler := jsonEscapes.ReplaceAllFunc(src, unescapeJSON); !bytes.Equal(simpler, src) {
			return decodeYAML(simpler)
		}
	}
	return v, err
}

func decodeYAML(src []byte) (any, error) {
	// yaml.v3 refuses 1.2 and reads it as 1.1 otherwise.
	if head, rest, found := bytes.Cut(src, []byte("%YAML 1.2")); found && !bytes.Contains(head, []byte("---")) {
		src = slices.Concat(head, []byte("%YAML 1.1"), rest)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	var n, second yaml.Node
	if err := decoder.Decode(&n); err != nil {
		if err == io.EOF {
			return nil, nil
		}
		return nil, err
	}
	if err := decoder.Decode(&second); err != io.EOF {
		return nil, fmt.Errorf("a second document: %v", err)
	}
	return plainValue(&n)
}

// jsonEscapes are escapes of JSON that YAML 1.2 has and yaml.v3 lacks: a slash,
// and what lies beyond U+FFFF as a pair. A double backslash is matched to be
// passed over.
var jsonEscapes = regexp.MustCompile(`\\\\|\\/|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`)

func unescapeJSON(escape []byte) []byte {
	switch escape[1] {
	case '/':
		return escape[1:]
	case 'u':
		return []byte(unescape(escape))
	}
	return escape
}

// plainValue makes of the decoder's node what Node.Value gives.
func plainValue(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.DocumentNode:
		return plainValue(n.Content[0])
	case yaml.AliasNode:
		return plainValue(n.Alias)
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			v, err := plainValue(c)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		return plainMapping(n)
	}
	if n.ShortTag() == "!!timestamp" {
		return n.Value, nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	if u, large := v.(uint64); large {
		v = float64(u)
	}
	return v, nil
}

func plainMapping(n *yaml.Node) (any, error) {
	m := map[string]any{}
	var merges []*yaml.Node
	for i := 0; i < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			return nil, errors.New("a key that is no scalar")
		}
		if k.Value == "<<" && (k.Tag == "" || k.Tag == "!" || k.ShortTag() == "!!merge") {
			merges = append(merges, c)
			continue
		}
		v, err := plainValue(c)
		if err != nil {
			return nil, err
		}
		if _, twice := m[k.Value]; twice {
			return nil, errors.New("a key that stands twice")
		}
		m[k.Value] = v
	}
	for _, c := range merges {
		list := []*yaml.Node{c}
		if c.Kind == yaml.SequenceNode {
			list = c.Content
		}
		for _, c := range list {
			v, err := plainValue(c)
			if err != nil {
				return nil, err
			}
			from, _ := v.(map[string]any)
			for k, v := range from {
				if _, own := m[k]; !own {
					m[k] = v
				}
			}
		}
	}
	return m, nil
}
