package kublrencryption

import (
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// TestSay holds that what is put into a text is not looked at again.
func TestSay(t *testing.T) {
	f := Say("partition-mixed", diag.Keys("spec"), map[string]string{"region": "$partition$", "partition": "$wanted$", "wanted": "aws"})
	want := "spec: $partition$ is in partition $wanted$, but the intent is about aws, and an account lives in one; write an intent for each account"
	if f.String() != want || f.Code != "partition-mixed" || f.Severity != diag.Error {
		t.Errorf("got %s %s %s\nwant %s", f.Severity, f.Code, f, want)
	}
	if f := Say("format/region", nil, map[string]string{"region": "moon"}); f.Code != "format" {
		t.Errorf("got the code %s", f.Code)
	}
}
