package generator

import (
	"maps"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A KeyUse is a key that a cluster or an intent names for a region, and where.
type KeyUse struct {
	Key      string // as it is named; empty for the account's default key for EBS
	Region   string // empty when nothing tells
	File     string
	Position diag.Position
	Field    diag.Field
}

// uses gives the keys that stand at a claim's place now. Where the claim is that the
// volume has the account's default key, it is that one.
func (c claim) uses(file string, shared []string) []KeyUse {
	use := KeyUse{File: file, Position: c.position(), Field: c.field()}
	for field, say := range c.rule.Gaps {
		if say != "wrong-key" {
			continue
		}
		for key, value := range c.target().Entries() {
			if key.Text() == field || c.kind.AnyCase && strings.EqualFold(key.Text(), field) {
				use.Key, use.Position, use.Field = text(value), value.Position(), use.Field.Key(key.Text())
			}
		}
		isDefault := slices.ContainsFunc(c.gone, func(gone string) bool { return strings.EqualFold(gone, field) }) && c.wantsEncryption()
		if use.Key == "" && !isDefault {
			return nil
		}
	}
	regions := []string{c.region}
	if c.region == "" && len(shared) > 0 {
		regions = shared
	}
	var all []KeyUse
	for _, use.Region = range regions {
		all = append(all, use)
	}
	return all
}

// wantsEncryption tells whether a volume that is not encrypted is a gap.
func (c claim) wantsEncryption() bool {
	return slices.Contains(slices.Collect(maps.Values(c.rule.Gaps)), "not-encrypted")
}

// Keys gives the keys that the intent itself names, in regions that it names or, when
// it names none, in those given.
func (s PolicySet) Keys(regions []string) []KeyUse {
	var all []KeyUse
	add := func(key, region string, field diag.Field) {
		f := s.intent.at(diag.Finding{Field: field})
		all = append(all, KeyUse{key, region, f.File, f.Position, f.Field})
	}
	for _, p := range s.Policies {
		for _, key := range p.Keys {
			add(key, p.Region, fieldOf(s.intent.value, key, nil))
		}
	}
	if len(all) == 0 && s.Missing == nil {
		for _, region := range s.known(regions) {
			add("", region, diag.Keys("spec"))
		}
	}
	return all
}

// At gives findings about the intent's account the place where it is named.
func (s PolicySet) At(findings diag.Findings) diag.Findings {
	all := slices.Clone(findings)
	for i := range all {
		all[i].Field = diag.Keys("spec", "account")
		all[i] = s.intent.at(all[i])
	}
	return all
}

// fieldOf gives the first place in a value where a text stands.
func fieldOf(value any, want string, at diag.Field) diag.Field {
	switch value := value.(type) {
	case string:
		if value == want {
			return at
		}
	case []any:
		for i, v := range value {
			if f := fieldOf(v, want, at.At(i)); f != nil {
				return f
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if f := fieldOf(value[name], want, at.Key(name)); f != nil {
				return f
			}
		}
	}
	return nil
}
