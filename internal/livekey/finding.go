package livekey

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

// found gives a finding that is about no place in a file.
func found(c diag.Code, message, hint string) diag.Findings {
	return diag.Findings{c.Finding(diag.Position{}, nil, message, hint)}
}

// about gives one about a slot, in one region or in all.
func about(c diag.Code, s Slot, region, message, hint string) diag.Findings {
	return found(c, s.named(region)+" "+message, hint)
}

// IsIncomplete tells whether findings say that something could not be asked or is not
// known: then the answer is incomplete.
func IsIncomplete(all diag.Findings) bool {
	return slices.ContainsFunc(all, func(f diag.Finding) bool {
		return slices.ContainsFunc([]diag.Code{code.NoCredentials, code.Denied, code.AWSFailed, code.SearchDenied, code.PolicyUnknown, code.KeyMayAppear, code.IAMUnknown, code.DefaultUnknown}, func(c diag.Code) bool { return c.ID == f.Code })
	})
}
