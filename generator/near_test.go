package generator

import "testing"

func TestIsNear(t *testing.T) {
	for _, c := range []struct {
		word, want string
		isNear     bool
	}{
		{"AWS", "aws", true}, {"was", "aws", true}, {"awss", "aws", true}, {"aws", "aws", false}, {"azure", "aws", false}, {"gcp", "aws", false},
		{"Nodes", "nodes", true}, {"node", "nodes", true}, {"masters", "master", true}, {"location", "locations", true}, {"locationref", "locationRef", true},
		{"masterVolume", "rootVolume", false}, {"minNodes", "nodes", false}, {"network", "nodes", false}, {"features", "nodes", false}, {"", "aws", false},
	} {
		if got := isNear(c.word, c.want); got != c.isNear {
			t.Errorf("%q is near %q: %v", c.word, c.want, got)
		}
	}
}
