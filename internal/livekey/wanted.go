package livekey

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

// Wanted is what an intent wants of one account.
type Wanted struct {
	Account string `json:"account"`
	// Roles are the service-linked roles that must be there.
	Roles []ServiceLinkedRole `json:"roles"`
	// Principals are the ARNs that key policies name, without those of Roles.
	Principals []string `json:"principals"`
	Slots      []Slot   `json:"slots"`
}

// A ServiceLinkedRole is one that a service makes for itself when it is asked to.
type ServiceLinkedRole struct {
	Service string `json:"service"` // such as autoscaling.amazonaws.com
	Suffix  string `json:"suffix,omitempty"`
	Name    string `json:"name"`
}

// A Slot is one key to be: an alias in a region or, for a multi-region key, in
// several.
type Slot struct {
	Intent      string   `json:"intent"` // its metadata.name
	Account     string   `json:"account"`
	Partition   string   `json:"partition"`
	Alias       string   `json:"alias"` // alias/NAME
	Regions     []string `json:"regions"`
	MultiRegion bool     `json:"multiRegion"`
	// Policies are the key policies by region.
	Policies     map[string]json.RawMessage `json:"policies"`
	RotationDays int                        `json:"rotationDays"` // 0: off
	Description  string                     `json:"description"`
	Tags         map[string]string          `json:"tags"`
	// Named says which of these the intent names. A key that is not ours is left
	// alone in the others.
	Named struct {
		Rotation    bool `json:"rotation"`
		Description bool `json:"description"`
		Tags        bool `json:"tags"`
	} `json:"named"`
}

// Tags that are set inside CreateKey. They are the memory of the protocol.
const (
	tagKey    = "kublr-encryption/key"    // the alias the key was made for
	tagRun    = "kublr-encryption/run"    // the run that made it
	tagIntent = "kublr-encryption/intent" // the intent's name
	// tagAbandoned is set later, on a key that lost the race for its alias: when,
	// and to which key.
	tagAbandoned = "kublr-encryption/abandoned"
)

var aliasForm = regexp.MustCompile(`^alias/[A-Za-z0-9/_-]+$`)

// check gives what is wrong with a slot by itself.
func (s Slot) check() diag.Findings {
	var all diag.Findings
	switch {
	case !aliasForm.MatchString(s.Alias) || len(s.Alias) > 256:
		all = append(all, about(code.AliasForm, s, "", "is not an alias that KMS takes", "write alias/ and up to 250 letters, digits, / _ -")...)
	case strings.HasPrefix(s.Alias, "alias/aws/"):
		all = append(all, about(code.AliasForm, s, "", "is reserved for keys of AWS", "choose another name")...)
	}
	if len(s.Regions) == 0 {
		all = append(all, about(code.RegionMissing, s, "", "has no region", "give the intent's spec.regions")...)
	}
	for _, region := range s.Regions {
		all = append(all, s.checkPolicy(region)...)
	}
	return all
}

// inOrder gives the regions by name: a run takes the alias in the first of them first,
// and a key is made there, so that all runs meet in one place.
func (s Slot) inOrder() []string { return slices.Sorted(slices.Values(s.Regions)) }

// elsewhere refuses a key whose primary is in a region that the slot does not have.
func (s Slot) elsewhere(id, primary string) diag.Findings {
	return about(code.KeyKind, s, "", "has key "+id+", whose primary is in "+primary, "name that region in the intent: what is set there holds everywhere")
}

// arn gives the ARN of the alias in a region, and root that of its account's root.
func (s Slot) arn(region string) string {
	return fmt.Sprintf("arn:%s:kms:%s:%s:%s", s.Partition, region, s.Account, s.Alias)
}

func (s Slot) root() string { return fmt.Sprintf("arn:%s:iam::%s:root", s.Partition, s.Account) }

// named gives the slot as messages do.
func (s Slot) named(region string) string {
	if region == "" {
		region = strings.Join(s.Regions, ", ")
	}
	if region == "" {
		return s.Alias
	}
	return s.Alias + " in " + region
}
