package generator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
)

// partitions tells by a region's area, such as us or us-gov, which partition of
// AWS it is in.
type partitions map[string]string

// of gives the partition of a region, named AREA-WORD-NUMBER; "" when it is none.
func (p partitions) of(region string) string {
	area, number, ok := cutLast(region)
	if !ok || strings.Trim(number, "0123456789") != "" || number == "" {
		return ""
	}
	area, word, ok := cutLast(area)
	if !ok || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" || word == "" {
		return ""
	}
	return p[area]
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '-')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// fill gives a value of the plan as it is in some regions: what is marked in it as
// depending on the region becomes what it is there, or a list where that differs.
// docs/rules.md says how values are marked.
func (p partitions) fill(value any, regions ...string) any {
	switch value := value.(type) {
	case []any:
		filled := make([]any, len(value))
		for i, v := range value {
			filled[i] = p.fill(v, regions...)
		}
		return filled
	case map[string]any:
		if mark, ok := value["byRegion"]; ok && len(value) == 1 {
			return p.resolve(mark, regions)
		}
		filled := map[string]any{}
		for key, v := range value {
			filled[key] = p.fill(v, regions...)
		}
		return filled
	}
	return value
}

func (p partitions) resolve(mark any, regions []string) any {
	var each []any
	for _, region := range regions {
		var v any
		switch mark := mark.(type) {
		case map[string]any:
			v = mark[region]
		case string:
			v = strings.NewReplacer("${region}", region, "${partition}", cmp.Or(p.of(region), "aws")).Replace(mark)
		}
		if !slices.Contains(each, v) {
			each = append(each, v)
		}
	}
	if len(each) == 1 {
		return each[0]
	}
	return each
}

// known gives the regions an intent is for: its own, else those at hand, else
// those that its keys name.
func (e *expansion) known(regions []string) []string {
	switch {
	case len(e.Regions) > 0:
		return e.Regions
	case len(regions) > 0:
		var once []string
		for _, r := range regions {
			if !slices.Contains(once, r) {
				once = append(once, r)
			}
		}
		return once
	}
	return e.KeyRegions
}

// wrong gives what is wrong with regions at hand, which count when the intent has
// none of its own. The first of them decides the partition when nothing in the
// intent does.
func (e *expansion) wrong(regions []string) diag.Findings {
	var findings diag.Findings
	if len(e.Regions) > 0 {
		return nil
	}
	wanted := e.Partition
	for _, region := range regions {
		partition := e.Partitions.of(region)
		if wanted == "" {
			wanted = partition
		}
		switch {
		case partition == "":
			findings = append(findings, e.say("format/region", map[string]string{"region": region}))
		case partition != wanted:
			findings = append(findings, e.say("partition-mixed", map[string]string{"region": region, "partition": partition, "wanted": wanted}))
		}
	}
	return findings
}

// say words a finding about the regions of an intent.
func (e *expansion) say(name string, values map[string]string) diag.Finding {
	return e.intent.at(kublrencryption.Say(name, diag.Keys("spec", "regions"), values))
}
