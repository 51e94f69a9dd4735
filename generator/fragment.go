package generator

import (
	"encoding/json"
	"fmt"
	"slices"

	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
)

// A Fragment is what the rules of an intent make of a bare cluster: stand-alone
// pieces of Kublr spec, as JSON objects with the path from spec down. Region is
// empty when the pieces are the same in every region.
type Fragment struct {
	Region       string          `json:"region"`
	Master       json.RawMessage `json:"master"`
	Nodes        json.RawMessage `json:"nodes"`
	StorageClass json.RawMessage `json:"storageClass"`
}

// Fragments gives the master, node and storage class fragments of every intent,
// with one node group per name in groups.
func (p *Plan) Fragments(groups, regions []string) ([]Fragment, error) {
	var all []Fragment
	for _, e := range p.intents {
		intent, err := json.Marshal(e.intent.value)
		if err != nil {
			return nil, fmt.Errorf("reading the intent: %w", err)
		}
		out, err := kublrencryption.Fragments(intent, groups, regions)
		if err != nil {
			return nil, err
		}
		var fragments []Fragment
		if err := json.Unmarshal(out, &fragments); err != nil {
			return nil, fmt.Errorf("internal error: the library's fragments: %w", err)
		}
		all = append(all, fragments...)
	}
	return all, nil
}

// RegionsOf gives the regions of the clusters that the plan selects among items:
// what key policies need when the intent names none.
func (p *Plan) RegionsOf(items []Item) []string {
	var regions []string
	for _, item := range items {
		if c, skipped := p.shape().clusterAt(item.Root); skipped == "" && len(p.selecting(c)) > 0 {
			regions = append(regions, c.regions()...)
		}
	}
	slices.Sort(regions)
	return slices.DeleteFunc(slices.Compact(regions), func(r string) bool { return r == "" })
}
