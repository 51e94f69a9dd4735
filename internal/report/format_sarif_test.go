package report

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// node_modules holds Microsoft's validator of SARIF, with GitHub's rules, and the
// schema.
const validator = "testdata/sarif/node_modules/@microsoft/sarif-multitool-*"

// TestSARIFIsValid holds SARIF against the schema of 2.1.0 and the rules of GitHub.
func TestSARIFIsValid(t *testing.T) {
	found, _ := filepath.Glob(validator)
	if len(found) == 0 {
		t.Skip("NEEDS: sarif-multitool, to validate SARIF: `make needs`")
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(found[0], "sarif-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, reports := range map[string][]Report{"files": files(), "policy": keyPolicy(), "codes": everyCode(), "nothing": nil, "many": manyFindings(30_000)} {
		out, _ := written(t, formatOf("sarif"), reports)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "many" { // its rules are those of the others, and the validator takes a minute
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name+".sarif"), out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	said, err := exec.Command(filepath.Join(found[0], "Sarif.Multitool"), "validate", filepath.Join(dir, "*.sarif"),
		"--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--output", filepath.Join(dir, "out")).CombinedOutput()
	if err != nil || !strings.Contains(string(said), "4 files scanned") || strings.Contains(string(said), dir) {
		t.Errorf("%v\n%s", err, said)
	}
}

// everyCode has a finding of each code of the table.
func everyCode() []Report {
	var r Report
	for _, c := range Codes() {
		r.Findings = append(r.Findings, Finding{Finding: c.Finding(diag.Position{Line: 1, Column: 1}, field, "is {0} so", "mend it")})
	}
	r.File = "a.yaml"
	return []Report{r}
}

// manyFindings are warnings, and one error at the end.
func manyFindings(n int) []Report {
	all := make([]Report, n)
	for i := range all {
		all[i] = Report{File: "a.yaml", Findings: Of(diag.Findings{{Severity: diag.Warning, Code: "would-change", File: "a.yaml", Position: diag.Position{Line: i + 1, Column: 1}, Message: "is one of many"}})}
	}
	all[n-1].Findings[0].Severity = diag.Error
	return all
}

type sarifRead struct {
	Runs []struct {
		Results []struct {
			RuleID, Level string
			RuleIndex     int
			Message       struct{ Text string }
			Prints        map[string]string `json:"partialFingerprints"`
		}
		Tool struct {
			Driver struct{ Rules []struct{ ID string } }
		}
		Invocations []struct {
			Notifications []struct{ Message struct{ Text string } } `json:"toolExecutionNotifications"`
		}
	}
}

func readSARIF(t *testing.T, reports []Report) (read sarifRead) {
	t.Helper()
	out, _ := written(t, formatOf("sarif"), reports)
	if err := json.Unmarshal(out, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// TestSARIFKeepsLimits holds that GitHub takes it all, that the worst is kept, and
// that what is cut is said.
func TestSARIFKeepsLimits(t *testing.T) {
	if cut := readSARIF(t, manyFindings(maxResults)).Runs[0]; len(cut.Results) != maxResults || cut.Invocations[0].Notifications != nil {
		t.Errorf("of %d findings %d are kept: %+v", maxResults, len(cut.Results), cut.Invocations)
	}
	run := readSARIF(t, manyFindings(30_000)).Runs[0]
	last := run.Results[len(run.Results)-1]
	want := "findings are left out, since code hosts take no more: 5001 of 29999 of severity warning"
	if len(run.Results) != 25_000 || run.Results[0].Level != "error" || last.RuleID != "results-cut" || last.Level != "warning" ||
		!strings.HasPrefix(last.Message.Text, want) || run.Invocations[0].Notifications[0].Message.Text != last.Message.Text {
		t.Errorf("%d results, the first %+v, the last %+v; %+v", len(run.Results), run.Results[0], last, run.Invocations)
	}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Fatalf("%+v", r)
		}
	}
}

// TestFingerprints holds that they stay when lines move, and differ among findings.
func TestFingerprints(t *testing.T) {
	moved := files()
	for i := range moved {
		for k := range moved[i].Findings {
			moved[i].Findings[k].Position.Line += 7
		}
	}
	before, after := readSARIF(t, append(files(), files()...)).Runs[0], readSARIF(t, append(moved, files()...)).Runs[0]
	seen := map[string]bool{}
	for i, r := range before.Results {
		print := r.Prints["primaryLocationLineHash"]
		if print != after.Results[i].Prints["primaryLocationLineHash"] || seen[print] {
			t.Errorf("%+v and %+v", r, after.Results[i])
		}
		seen[print] = true
	}
}
