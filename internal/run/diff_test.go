package run

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

// diffOf gives the diff of a text, how many changes it lacks, and what becomes of the
// text; no diff when an error was found.
func diffOf(t testing.TB, p *generator.Plan, name, text string, around int) (diff string, unshown int, after string) {
	t.Helper()
	var out bytes.Buffer
	err := Specs{Plan: p, Diff: true, Context: around}.Stream(context.Background(), name, strings.NewReader(text), &out, func(r report.Report) error {
		diff += r.Diff
		unshown += r.Tally.Unshown
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return diff, unshown, out.String()
}

// isOpen tells of hunks without context after them, which git takes for the file's end.
var isOpen = regexp.MustCompile(`(?m)^[-+\\].*\n(@@|\z)`)

// holdsApplied applies a diff with patch and git, in which a file becomes what it
// should, whatever its name.
func holdsApplied(t testing.TB, diff, name, before, after string) {
	t.Helper()
	options := []string{"apply", "-p1", "-"}
	if isOpen.MatchString(diff) {
		options = []string{"apply", "-p1", "--unidiff-zero", "-"}
	}
	for _, tool := range [][]string{append([]string{"git"}, options...), {"patch", "-p1", "-F0", "--binary", "--posix"}, {"patch", "-p1", "-F0", "--binary"}} {
		if tool[len(tool)-1] == "--posix" && strings.HasPrefix(diff, `--- "`) {
			continue // POSIX has no quoted names
		}
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(tool[0], tool[1:]...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(diff)
		out, err := cmd.CombinedOutput()
		got, _ := os.ReadFile(path)
		if err != nil || string(got) != after {
			t.Errorf("%v: %v\n%s\n%s\nof\n%q\nbecame\n%q", tool, err, out, diff, before, got)
		}
	}
}

func needTools(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"git", "patch"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
}

// Test13DiffOfGoldenCases applies the diffs of all golden cases.
func Test13DiffOfGoldenCases(t *testing.T) {
	needTools(t)
	files, err := filepath.Glob("../../golden/*/in/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	some := 0
	for i, file := range files {
		intent, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(file)), "intent.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		intents, _ := generator.ReadIntents("intent.yaml", intent)
		p, findings := generator.NewPlan(intents)
		if p == nil || findings.HasErrors() {
			continue
		}
		diff, unshown, after := diffOf(t, p, filepath.Base(file), string(text), i%5)
		if diff == "" {
			continue
		}
		some++
		if unshown > 0 {
			t.Errorf("%s: %d changes are not shown", file, unshown)
		}
		holdsApplied(t, diff, filepath.Base(file), string(text), after)
	}
	if some < 40 {
		t.Errorf("%d cases have a diff", some)
	}
}

// canary is what no diff shows.
const canary = "hunter2CANARY"

// pieces are lines that stand between others in a group of a cluster; those of a
// credential hold the canary.
var pieces = []string{
	"      x%d: 1\n", "      # a comment\n", "\n", "      list%d:\n        - a\n        - {b: 1}\n", "      text%d: |\n        # no comment\n        more\n",
	"      password%d: " + canary + "\n", "      # the secret is " + canary + "\n", "      Api.Access_Key%d: |\n        " + canary + "\n        " + canary + "\n",
	"      dbPassword%d:\n        - " + canary + "\n        - {a: " + canary + "}\n        # " + canary + "\n", "      run%d: |\n        export DB_TOKEN=" + canary + "\n",
	"      credentials%d: {a: 1,\n        b: " + canary + " }\n", "      # " + canary + "\n      # is the password\n", "      awsSecretRef%d: name\n",
}

// documents stand beside clusters; the comments around them hold the canary too.
var documents = []string{
	"# " + canary + "\n---\n# " + canary + "\nkind: Secret\nspec: {a: " + canary + "}\n# " + canary + "\n---\n# " + canary + "\n",
	"---\nkind: Secret\nspec: {a: " + canary + "}\n...\n# " + canary + "\n---\n",
	"--- {kind: Secret, spec: " + canary + "}\n---\n",
	"---\n",
}

// grown gives a stream of clusters with credentials among and around them.
func grown(r *rand.Rand) string {
	var b strings.Builder
	some := func() {
		for range r.Intn(4) {
			piece := pieces[r.Intn(len(pieces))]
			if strings.Contains(piece, "%d") {
				piece = fmt.Sprintf(piece, r.Int())
			}
			b.WriteString(piece)
		}
	}
	for i := range 1 + r.Intn(3) {
		if i > 0 {
			b.WriteString(documents[r.Intn(len(documents))])
		}
		b.WriteString("kind: Cluster\nspec:\n  locations: [{name: aws1, aws: {region: us-east-1}}]\n  nodes:\n")
		for n := range 1 + r.Intn(3) {
			fmt.Fprintf(&b, "    - name: g%d\n", n)
			some()
			b.WriteString("      locations: [{locationRef: aws1, aws: {rootVolume: {size: 1}}}]\n")
			some()
			if r.Intn(2) == 0 {
				b.WriteString("      more:\n      - 1\n")
			}
			fmt.Fprintf(&b, "    - name: h%d\n      locations:\n        - aws:\n            a: 1\n", n)
			some()
		}
	}
	text := b.String()
	if r.Intn(3) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if r.Intn(3) == 0 {
		text = strings.TrimRight(text, "\r\n")
	}
	return text
}

// Test13DiffApplies applies diffs with any context, of clusters among credentials: they
// fit, and show none.
func Test13DiffApplies(t *testing.T) {
	needTools(t)
	p, left := plan(t), 0
	for seed := range 60 {
		r := rand.New(rand.NewSource(int64(seed)))
		text := grown(r)
		diff, unshown, after := diffOf(t, p, "a.yaml", text, r.Intn(6))
		if diff == "" || strings.Contains(diff, canary) {
			t.Errorf("seed %d: a credential is shown\n%s\nof\n%s", seed, diff, text)
		}
		if unshown > 0 {
			left++
			continue
		}
		holdsApplied(t, diff, "a.yaml", text, after)
	}
	if left > 5 {
		t.Errorf("%d diffs are not whole", left)
	}
}

// Test13DiffOfLists shows nothing of what stands in one list with a cluster.
func Test13DiffOfLists(t *testing.T) {
	needTools(t)
	const one = `{"kind": "Cluster", "spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}], "nodes": [{"name": "a", "locations": [{"aws": {}}]}]}}`
	p := plan(t)
	for _, text := range []string{
		"kind: List\nitems:\n# " + canary + "\n- kind: Secret\n  a: " + canary + "\n# " + canary + "\n- " + one + "\n# " + canary + "\n- kind: ConfigMap\n  data:\n    b: " + canary + "\n",
		"# " + canary + " token\n- a: " + canary + "\n- kind: Secret\n  b: &p [" + canary + "]\n- " + one + "\n- kind: Secret\n- " + canary + "\n",
		"[\n {\n  \"kind\": \"Secret\", \"a\": \"" + canary + "\"},\n " + one + ",\n {\"kind\": \"Secret\", \"a\": \"" + canary + "\"}\n]\n",
		"{\"kind\": \"List\", \"items\": [{\"kind\": \"Secret\", \"a\": \"" + canary + "\"},\n " + one + "\n, {\"kind\": \"Secret\",\n\"a\": \"" + canary + "\"}]}\n",
		"kind: Cluster\na: &p " + canary + "\nspec:\n  locations: [{name: aws1, aws: {region: us-east-1}}]\n  password: *p\n  nodes: [{locations: [{aws: {}}]}]\n",
	} {
		diff, unshown, after := diffOf(t, p, "a b\".yaml", text, 3)
		if diff == "" || unshown > 0 || strings.Contains(diff, canary) {
			t.Errorf("%d changes are not shown\n%s\nof\n%s", unshown, diff, text)
			continue
		}
		holdsApplied(t, diff, "a b\".yaml", text, after)
	}
}

// Test13DiffThatIsNotWhole leaves out a change on a line with a credential, and says so.
func Test13DiffThatIsNotWhole(t *testing.T) {
	needTools(t)
	const one = `{"kind": "Cluster", "spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}], "nodes": [{"name": "a", "locations": [{"aws": {}}]}]%s}}`
	p := plan(t)
	clean, secret := fmt.Sprintf(one, ""), fmt.Sprintf(one, `, "apiToken": "`+canary+`"`)
	for text, before := range map[string]string{
		secret + "\n": "",
		"kind: Cluster\nspec:\n  locations: [{name: aws1, aws: {region: us-east-1}}]\n  nodes:\n  - locations:\n    - aws:\n        password: " + canary + "\n      token: " + canary + "\n": "",
		`[{"kind": "Secret", "a": "` + canary + `"}, ` + clean + "]":        "",
		"--- " + clean + "\n--- " + secret + "\n--- " + clean + "\n":        "--- " + secret + "\n",
		"--- " + clean + "\n--- " + clean + " # Its password: " + canary:    "--- " + clean + " # Its password: " + canary,
		"kind: List\nitems:\n- " + secret + "\n- " + clean + "\n- {a: 1}\n": "- " + secret + "\n",
	} {
		diff, unshown, after := diffOf(t, p, "a.yaml", text, 3)
		if unshown != 1 || strings.Contains(diff, canary) || !strings.HasSuffix(diff, "# Not whole: 1 change of a.yaml left out, where lines may hold a secret.\n") {
			t.Errorf("%d changes are not shown\n%s\nof\n%s", unshown, diff, text)
			continue
		}
		if before == "" {
			continue
		}
		// What is shown applies, and leaves the line as it was.
		want := ""
		for line := range strings.Lines(after) {
			if strings.Contains(line, canary) {
				line = before
			}
			want += line
		}
		holdsApplied(t, diff, "a.yaml", text, want)
	}
}

// Test13DiffNames gives files names that git quotes.
func Test13DiffNames(t *testing.T) {
	needTools(t)
	p := plan(t)
	text := cluster("a", clear)
	for _, name := range []string{"a.yaml", "a b.yaml", "\xff\xfe.yaml", "é.yaml", "tab\t.yaml", "line\n.yaml", `q"\.yaml`, "\x1b[2J.yaml"} {
		diff, _, after := diffOf(t, p, name, text, 3)
		holdsApplied(t, diff, name, text, after)
		if strings.Contains(diff, "\x1b") {
			t.Errorf("%q is not quoted", name)
		}
	}
}

// Test13DiffOfManyGroups makes a diff of a document of 20,000 groups: by the matcher
// that was here, a minute and a half of work.
func Test13DiffOfManyGroups(t *testing.T) {
	const groups = 20_000
	text := "kind: Cluster\nspec:\n  locations: [{name: aws1, aws: {region: us-east-1}}]\n  nodes:\n" +
		strings.Repeat("    - locations:\n        - aws:\n            a: 1\n", groups)
	diff, _, _ := diffOf(t, plan(t), "a.yaml", text, 3)
	if got := strings.Count(diff, "\n+"); got != 2*groups+1 {
		t.Errorf("%d lines are added", got)
	}
}
