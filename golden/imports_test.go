package golden

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kublr-encryption/kublr-encryption/"

// allowed says which of our packages each may import. Arrows point inward only.
var allowed = map[string][]string{
	"diag":                     nil,
	"yamledit":                 {"diag"},
	"policy":                   {"diag"},
	"jsonnet/kublr-encryption": {"diag", "internal/program"},
	"generator":                {"diag", "yamledit", "policy", "jsonnet/kublr-encryption"},
	"internal/build":           {"jsonnet/kublr-encryption"},
	"internal/git":             nil,
	"internal/program":         nil,
	"internal/interrupt":       nil,
	"internal/replace":         nil,
	"internal/spool":           nil,
	"internal/report":          {"diag", "generator", "yamledit", "policy", "jsonnet/kublr-encryption", "fn", "internal/spool", "internal/livekey/code"},
	"internal/run":             {"diag", "generator", "yamledit", "internal/git", "internal/replace", "internal/report", "internal/spool"},
	"fn":                       {"diag", "internal/build", "generator", "yamledit", "policy", "jsonnet/kublr-encryption"},
	"fn/filter":                {"fn"},
	"cmd/kublr-encryption-fn":  {"fn"},
	"cmd/kublr-encryption":     {"diag", "generator", "yamledit", "policy", "jsonnet/kublr-encryption", "internal/build", "internal/interrupt", "internal/report", "internal/run"},
	"schemas":                  nil,
	"golden":                   nil,
	"docs":                     nil,
	"packaging":                nil,
	"packaging/notices":        nil,
	"bench":                    nil,
	"bench/peers/kyaml-edit":   nil,
	"bench/peers/kyaml-noop":   nil,

	"cmd/kublr-encryption-live": {"diag", "generator", "jsonnet/kublr-encryption", "internal/build", "internal/interrupt", "internal/livekey", "internal/livekey/code", "internal/report", "internal/run"},
	"internal/livekey":          {"diag", "generator", "policy", "internal/livekey/code"},
	"internal/livekey/code":     {"diag"},
	"internal/livekey/front":    nil,
	"internal/livekey/model":    nil,
}

// pure packages take bytes and values and give bytes and values.
var pure = []string{"diag", "generator", "yamledit", "policy"}

// outside reaches files, the clock, the environment, the network or a log.
var outside = []string{"os", "os/exec", "net", "net/http", "log", "log/slog", "io/ioutil", "path/filepath", "syscall"}

func TestImportsPointInward(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		may, known := allowed[name]
		if !known {
			t.Errorf("%s: say in this test what it may import", name)
		}
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, module); ok && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
			if strings.HasSuffix(imported, "/go-difflib/difflib") { // diffs come from the edits
				t.Errorf("%s imports %s", name, imported)
			}
			if slices.Contains(pure, name) && slices.Contains(outside, imported) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// TestProgramsHaveNoClient holds that neither program can reach AWS, or anything
// else: they link no client. Nor do they link kyaml, which fn/filter is for.
func TestProgramsHaveNoClient(t *testing.T) {
	for _, program := range []string{"../cmd/kublr-encryption", "../cmd/kublr-encryption-fn"} {
		out, err := exec.Command("go", "list", "-deps", program).Output()
		if err != nil {
			t.Fatal(err)
		}
		for dependency := range strings.Lines(string(out)) {
			if strings.Contains(dependency, "aws-sdk-go") || strings.Contains(dependency, "/kustomize/") || strings.TrimSpace(dependency) == "net/http" {
				t.Errorf("%s links %s", program, dependency)
			}
		}
	}
}
