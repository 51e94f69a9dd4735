package generator

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A Fragment is what the rules of an intent make of a bare cluster: stand-alone
// pieces of Kublr spec, as JSON objects with the path from spec down. Region is
// empty when the pieces are the same in every region; a piece that the intent does
// not touch is null.
type Fragment struct {
	Region       string          `json:"region"`
	Master       json.RawMessage `json:"master"`
	Nodes        json.RawMessage `json:"nodes"`
	StorageClass json.RawMessage `json:"storageClass"`
}

// Fragments gives the master, node and storage class fragments of every intent,
// with one node group per name in groups. regions count as in [Plan.Policies].
func (p *Plan) Fragments(groups, regions []string) ([]Fragment, diag.Findings) {
	var all []Fragment
	var findings diag.Findings
	for _, e := range p.intents {
		known := e.known(regions)
		if len(known) == 0 {
			known = []string{""}
		}
		for _, region := range known {
			f, found, err := e.fragment(groups, region)
			if err != nil {
				found = append(found, internal(e.intent, err))
			}
			all, findings = append(all, f), append(findings, found...)
		}
	}
	return all, findings
}

// bareLocation is the name of the bare cluster's only location.
const bareLocation = "aws1"

// fragment holds the rules against the least cluster that has a place for each.
func (e *expansion) fragment(groups []string, region string) (f Fragment, findings diag.Findings, err error) {
	bare := *e
	bare.Clusters, bare.Regions = []string{"*"}, nil
	skeleton, err := json.Marshal(e.skeleton(groups, region))
	if err != nil {
		return f, nil, err
	}
	plan := Plan{intents: []*expansion{&bare}}
	result := plan.Edit("", yamledit.Chunk{Bytes: skeleton}, Base{})
	for _, o := range result.Outcomes {
		findings = append(findings, o.Findings.Errors()...)
	}
	var made map[string]any
	if err := json.Unmarshal(result.Output, &made); err != nil {
		return f, findings, err
	}
	pieces := map[string]any{"region": region}
	for _, k := range e.Kinds {
		path := slices.Concat(keysOf(k.In), k.At)
		upper, _ := made[path[0]].(map[string]any)
		if piece, ok := upper[path[1]]; ok {
			pieces[k.Piece] = map[string]any{path[0]: map[string]any{path[1]: piece}}
		}
	}
	text, err := json.Marshal(pieces)
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	return f, findings, err
}

// skeleton gives the least cluster in which the steps of every kind lead
// somewhere, in one location.
func (e *expansion) skeleton(groups []string, region string) map[string]any {
	s := shapeOf()
	described := map[string]any{s.Locations.Provider: map[string]any{}}
	if region != "" {
		merge(described, reached(stepsOf(s.Locations.Region), groups, region).(map[string]any))
	}
	made := map[string]any{"kind": s.Kind}
	merge(made, reached(s.Places["location"], groups, described).(map[string]any))
	for _, k := range e.Kinds {
		merge(made, reached(k.In, groups, map[string]any{}).(map[string]any))
	}
	return made
}

// reached gives the least value in which steps lead to an end.
func reached(steps []step, groups []string, end any) any {
	if len(steps) == 0 {
		return end
	}
	s := steps[0]
	if s.Key != "" {
		return map[string]any{s.Key: reached(steps[1:], groups, end)}
	}
	names := []string{bareLocation}
	if s.As == "group" {
		names = groups
	}
	list := []any{}
	for _, name := range names {
		element := maps.Clone(reached(steps[1:], groups, end).(map[string]any))
		element[s.Each] = name
		list = append(list, element)
	}
	return list
}

// merge puts one mapping into another; lists are replaced.
func merge(into, from map[string]any) {
	for key, value := range from {
		below, isMapping := value.(map[string]any)
		if there, ok := into[key].(map[string]any); ok && isMapping {
			merge(there, below)
			continue
		}
		into[key] = value
	}
}

func stepsOf(keys []string) []step {
	var steps []step
	for _, key := range keys {
		steps = append(steps, step{Key: key})
	}
	return steps
}

// RegionsOf gives the regions of the clusters that the plan selects among items:
// what key policies need when the intent names none.
func (p *Plan) RegionsOf(items []Item) []string {
	var regions []string
	for _, item := range items {
		if c := clusterAt(item.Root); c.isAWS() && whose(item.Root) == kublrs && len(p.selecting(item.File, c)) > 0 {
			regions = append(regions, c.regions()...)
		}
	}
	slices.Sort(regions)
	return slices.DeleteFunc(slices.Compact(regions), func(r string) bool { return r == "" })
}
