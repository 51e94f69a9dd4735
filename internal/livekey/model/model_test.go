package model

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"
)

// A check is a setting, and which of all invariants cannot hold there.
type check struct {
	name    string
	setting Setting
	cannot  []int
}

var all = []Invariant{neverNamesGivenBack, neverGivesBackNamed, oneKeyARun, oneInUse, noneFails, converges, oneLeft, oneLeftAfterAll, neverTwo}

var checks = []check{
	{"one at a time; reads do not lag; two runs are killed, two replies lost",
		Setting{Runs: []int{4}, Regions: 1, Crashes: 2, Lost: 2, Fresh: true}, nil},
	{"two at once, twice; a run is killed, a reply lost",
		Setting{Runs: []int{2, 2}, Regions: 1, Crashes: 1, Lost: 1}, []int{7, 8}},
	{"two at once, twice; a person deletes the alias, a run is killed",
		Setting{Runs: []int{2, 2}, Regions: 1, Crashes: 1, Persons: 1}, []int{7, 8}},
	{"two at once, twice; a person deletes the alias twice",
		Setting{Runs: []int{2, 2}, Regions: 1, Persons: 2}, []int{7, 8}},
	{"three at once; a run is killed, a reply lost",
		Setting{Runs: []int{1, 1, 1}, Regions: 1, Crashes: 1, Lost: 1}, []int{7, 8}},
	{"two regions, two at once; a run is killed, a reply lost",
		Setting{Runs: []int{2, 1}, Regions: 2, Crashes: 1, Lost: 1}, []int{7, 8}},
	{"two regions, two at once; a person deletes an alias",
		Setting{Runs: []int{2, 1}, Regions: 2, Persons: 1}, []int{5, 7, 8}},
	{"two regions, in another order each time, one at a time; reads do not lag; two runs are killed, a reply lost",
		Setting{Runs: []int{3}, Regions: 2, Swapped: true, Crashes: 2, Lost: 1, Fresh: true}, nil},
	{"two regions, in another order each time, two at once",
		Setting{Runs: []int{2, 1}, Regions: 2, Swapped: true}, []int{8}},
	{"two regions, two at once; a key of ours without an alias is in the second; a run is killed",
		Setting{Runs: []int{2, 1}, Regions: 2, Present: true, Crashes: 1}, []int{6, 7, 8}},
}

//go:generate go test -run TestProtocol -update .

// TestProtocol holds what the protocol promises, and that nothing else can be
// promised; docs/live-key.md says the same.
func TestProtocol(t *testing.T) {
	var heads, traces strings.Builder
	rows := make([]string, len(all))
	columns := ""
	letters := map[string]string{}
	for i, c := range checks {
		worlds, broken := Explore(Protocol{}, c.setting, all)
		fmt.Fprintf(&heads, "%d. %s (%d states)\n", i+1, c.name, worlds)
		columns += fmt.Sprintf("| %d ", i+1)
		for i, invariant := range all {
			way := strings.Join(broken[i], " → ")
			switch cannot := slices.Contains(c.cannot, i); {
			case way == "" && cannot:
				t.Errorf("%s: %s: holds, and it is said that it cannot", c.name, invariant.Says)
			case way == "":
				rows[i] += "| ✓ "
			case !cannot:
				t.Errorf("%s: %s: broken by\n  %s", c.name, invariant.Says, strings.Join(broken[i], "\n  "))
			default:
				if letters[way] == "" {
					letters[way] = string(rune('a' + len(letters)))
					fmt.Fprintf(&traces, "\n%s. %s\n", letters[way], way)
				}
				rows[i] += "| " + letters[way] + " "
			}
		}
	}
	said := "\n" + heads.String() + "\n| " + columns + "|\n|" + strings.Repeat("---|", len(checks)+1) + "\n"
	for i, invariant := range all {
		said += "| " + invariant.Says + " " + rows[i] + "|\n"
	}
	said += traces.String()
	const begin = "<!-- go test ./internal/livekey/model -update -->\n"
	page, err := os.ReadFile("../../../docs/live-key.md")
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(page), begin)
	if !found {
		t.Fatalf("docs/live-key.md has no line %q", begin)
	}
	goldie.New(t, goldie.WithFixtureDir("../../../docs"), goldie.WithNameSuffix("")).Assert(t, "live-key.md", []byte(head+begin+said))
}

// TestOtherProtocols holds that each part of the protocol is needed: without it,
// something breaks that else holds.
func TestOtherProtocols(t *testing.T) {
	for _, test := range []struct {
		name     string
		protocol Protocol
		setting  Setting
		breaks   Invariant
	}{
		{"CreateKey with the SDK's retries", Protocol{Retries: true}, checks[0].setting, oneKeyARun},
		{"no search by tags", Protocol{NoSearch: true}, checks[0].setting, oneLeftAfterAll},
		{"the loser's key untagged", Protocol{KeepLoser: true}, checks[1].setting, oneLeft},
		{"the loser's key deleted at once", Protocol{DeleteLoser: true}, checks[2].setting, neverNamesGivenBack},
		{"each run's own order of regions", Protocol{OwnOrder: true}, checks[8].setting, oneInUse},
		{"a used key given back", Protocol{IgnoresUsage: true}, checks[3].setting, neverGivesBackNamed},
	} {
		if _, broken := Explore(Protocol{}, test.setting, []Invariant{test.breaks}); broken[0] != nil {
			t.Errorf("%s: %s: breaks without it too", test.name, test.breaks.Says)
		}
		if _, broken := Explore(test.protocol, test.setting, []Invariant{test.breaks}); broken[0] == nil {
			t.Errorf("%s: %s: holds all the same", test.name, test.breaks.Says)
		}
	}
}
