package generator

import (
	"math"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// TestNumbersThatAreNone holds that a number which JSON cannot write is a mistake with
// a place, and no fault of ours.
func TestNumbersThatAreNone(t *testing.T) {
	for _, number := range []string{".nan", "-.inf", ".INF"} {
		intents, wrong := ReadIntents("i.yaml", []byte("apiVersion: "+APIVersion+"\nkind: "+IntentKind+"\nmetadata: {name: a}\nspec:\n  account: "+number+"\n  volumes: ["+number+"]\n"))
		_, found := NewPlan(intents)
		if len(wrong) > 0 || len(found.Errors()) < 2 {
			t.Errorf("%s: %v %v", number, wrong, found)
		}
		for _, f := range found {
			if f.Code == fault.ID || f.Position.Line < 4 {
				t.Errorf("%s: %v", number, f)
			}
		}
	}
}

// TestFault holds that what the library cannot be given is told as a fault of ours.
func TestFault(t *testing.T) {
	place := func(f diag.Field) (diag.Position, diag.Field) { return diag.Position{}, f }
	plan, found := NewPlan([]Intent{{file: "i.yaml", value: math.NaN(), place: place}})
	if plan != nil || len(found) != 1 || found[0].Code != "internal" || found[0].File != "i.yaml" || !strings.Contains(found[0].Message, "NaN") {
		t.Errorf("%v", found)
	}
}
