package fn

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A configMap holds the key policies of intents, one a key of its data.
type configMap struct {
	name     string
	policies []yamledit.Entry
}

// asked gives the key policies that are to stand in a ConfigMap.
func asked(sets []generator.PolicySet, findings diag.Findings) ([]generator.PolicySet, diag.Findings) {
	var some []generator.PolicySet
	for _, set := range sets {
		if set.ConfigMap == "" {
			continue
		}
		if some = append(some, set); set.Missing != nil {
			findings = append(findings, *set.Missing)
		}
	}
	return some, findings
}

// wantPolicies gives what puts the policies of intents into the list.
func (l *resourceList) wantPolicies(sets []generator.PolicySet) (wants []yamledit.Want, err error) {
	maps, err := configMaps(sets)
	for _, m := range maps {
		w, problem := m.want(l)
		wants, err = append(wants, w), errors.Join(err, problem)
	}
	return wants, err
}

// holdsPolicies gives what the list's ConfigMaps lack of the policies of intents.
func (l *resourceList) holdsPolicies(sets []generator.PolicySet) error {
	maps, err := configMaps(sets)
	for _, m := range maps {
		want, problem := m.want(l)
		if problem == nil {
			var made yamledit.Result
			if made, problem = l.doc.Apply([]yamledit.Want{want}); problem == nil && made.Splices != nil {
				problem = fmt.Errorf("the ConfigMap %s does not hold the key policies that the intent asks for; let the function write them, by an intent without mode: verify", m.name)
			}
		}
		err = errors.Join(err, problem)
	}
	return err
}

// configMaps gives the ConfigMaps that intents ask for, one for each name.
func configMaps(sets []generator.PolicySet) ([]*configMap, error) {
	var all []*configMap
	for _, set := range sets {
		if len(set.Policies) == 0 {
			continue // the account's default EBS key: its policy is not ours
		}
		i := slices.IndexFunc(all, func(m *configMap) bool { return m.name == set.ConfigMap })
		if i < 0 {
			i = len(all)
			all = append(all, &configMap{name: set.ConfigMap})
		}
		for _, p := range set.Policies {
			text, err := policy.Format(p.Document)
			if err != nil {
				return nil, err
			}
			all[i].put(p.FileName(), string(text))
		}
	}
	return all, nil
}

func (m *configMap) put(key, text string) {
	m.policies = slices.DeleteFunc(m.policies, func(e yamledit.Entry) bool { return e.Key == key })
	m.policies = append(m.policies, yamledit.Entry{Key: key, Value: text})
}

// want puts the policies into a ResourceList: into the ConfigMap of that name among
// its items, or as a new item. A ConfigMap that holds anything else is somebody
// else's.
func (m *configMap) want(l *resourceList) (yamledit.Want, error) {
	for _, item := range l.items {
		if n := item.Root; n.Get("kind").Text() == "ConfigMap" && n.Get("apiVersion").Text() == "v1" && n.Lookup("metadata", "name").Text() == m.name {
			return m.update(n)
		}
	}
	return yamledit.Want{In: l.doc.Root(), At: []string{"items"}, Append: []any{[]yamledit.Entry{
		{Key: "apiVersion", Value: "v1"},
		{Key: "kind", Value: "ConfigMap"},
		{Key: "metadata", Value: []yamledit.Entry{{Key: "name", Value: m.name}}},
		{Key: "data", Value: m.policies},
	}}}, nil
}

func (m *configMap) update(item yamledit.Node) (yamledit.Want, error) {
	w := yamledit.Want{In: item, At: []string{"data"}, Set: m.policies}
	data := item.Get("data")
	if data.Kind() != yamledit.Mapping {
		return w, fmt.Errorf("the ConfigMap %s is there already without data of its own; remove it, or give spec.policy.configMap another name", m.name)
	}
	for key := range data.Entries() {
		if !strings.HasPrefix(key.Text(), "policy-") || !strings.HasSuffix(key.Text(), ".json") {
			return w, fmt.Errorf("the ConfigMap %s is there already and holds %q, so it is not ours to write; give spec.policy.configMap another name", m.name, key.Text())
		}
		if !slices.ContainsFunc(m.policies, func(e yamledit.Entry) bool { return e.Key == key.Text() }) {
			w.Unset = append(w.Unset, key.Text())
		}
	}
	return w, nil
}
