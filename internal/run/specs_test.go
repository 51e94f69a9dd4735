package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

const intent = `apiVersion: kublr-encryption.github.io/v1alpha1
kind: EncryptionIntent
metadata: {name: test}
spec: {account: "111122223333", kublr: {user: kublr}, volumes: [nodeRoot]}
`

// cluster gives a cluster and what becomes of it; with a value that nobody can
// edit, an error is found in it.
func cluster(name, root string) string {
	return fmt.Sprintf(`kind: Cluster
metadata: {name: %s}
spec:
  locations: [{name: aws1, aws: {region: us-east-1}}]
  nodes:
    - name: web
      locations: [{locationRef: aws1, aws: {rootVolume: %s}}]
`, name, root)
}

const (
	clear, right, bad = "{size: 1}", "{size: 1, encrypted: true}", "none"
	other             = "kind: Deployment\n"
)

func stream(documents ...string) string { return strings.Join(documents, "---\n") }

func plan(t testing.TB) *generator.Plan {
	t.Helper()
	intents, findings := generator.ReadIntents("intent.yaml", []byte(intent))
	p, more := generator.NewPlan(intents)
	if findings.HasErrors() || more.HasErrors() {
		t.Fatal(findings, more)
	}
	return p
}

// runOn runs specs on a file and gives what is in it then, and the reports.
func runOn(t *testing.T, s Specs, text string) (after string, reports []report.Report) {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "a.yaml")
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	found, err := Selection{}.Find(context.Background(), []string{dir})
	if err != nil || len(found.Files) != 1 || len(found.Skipped) != 0 {
		t.Fatal(found, err)
	}
	err = s.Files(context.Background(), found.Files, func(r report.Report) error {
		reports = append(reports, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(got), reports
}

func total(reports []report.Report) (t report.Tally) {
	for _, r := range reports {
		t.Add(r.Tally)
	}
	return t
}

func TestFilesAreReplaced(t *testing.T) {
	many := strings.Repeat(stream(cluster("a", clear), other, ""), 3*fewReports)
	for text, want := range map[string]string{
		stream(cluster("a", clear), cluster("b", clear)): stream(cluster("a", right), cluster("b", right)),
		stream(other, cluster("b", clear), other):        stream(other, cluster("b", right), other),
		stream(cluster("b", right), other):               stream(cluster("b", right), other),
		many:                                             strings.ReplaceAll(many, clear, right),
		"":                                               "",
	} {
		after, reports := runOn(t, Specs{Plan: plan(t), Replace: true}, text)
		sum := total(reports)
		if after != want || sum.Changed == 1 != (text != want) || sum.Values != strings.Count(text, clear) || sum.Clusters != strings.Count(text, "Cluster") {
			t.Errorf("%q became %q, want %q; %+v", text, after, want, sum)
		}
	}
}

// TestFilesAreLeft holds that a file stays as it is when an error is found in one of
// its documents, whichever it is, and that nothing then says that it changed.
func TestFilesAreLeft(t *testing.T) {
	for _, at := range []int{0, 1, fewReports - 1, fewReports, 2*fewReports - 1} {
		documents := make([]string, 2*fewReports)
		for i := range documents {
			documents[i] = cluster(fmt.Sprint("n", i), clear)
		}
		documents[at] = cluster("bad", bad)
		text := stream(documents...)
		after, reports := runOn(t, Specs{Plan: plan(t), Replace: true, Diff: true}, text)
		if sum := total(reports); after != text || !reflect.DeepEqual(sum, report.Tally{Files: 1, Refused: 1, Clusters: len(documents), Volumes: len(documents)}) {
			t.Errorf("with document %d bad: %+v\n%s", at, sum, after)
		}
		for i, r := range reports {
			if r.Diff != "" || len(r.Clusters) > 0 && r.Clusters[0].Changes != nil || (len(r.Findings) > 0) != (i == at) {
				t.Errorf("with document %d bad, report %d: %+v", at, i, r)
			}
		}
	}
	text := cluster("a", clear)
	if after, reports := runOn(t, Specs{Plan: plan(t)}, text); after != text || total(reports).Changed != 1 || !reports[0].Pending {
		t.Errorf("%q, %+v", after, reports)
	}
}

// TestReportsWaitAlike holds that reports which wait in a spool come out as those
// that do not.
func TestReportsWaitAlike(t *testing.T) {
	one := cluster("größe", "{size: 1, encrypted: .nan, kmsKeyId: 12}")
	_, alone := runOn(t, Specs{Plan: plan(t), Diff: true}, one)
	_, many := runOn(t, Specs{Plan: plan(t), Diff: true}, strings.Repeat(stream(one, ""), 2*fewReports))
	want := fmt.Sprintf("%v", alone[0].Clusters[0].Changes[0].Old)
	for i, r := range many[:2*fewReports] {
		if got := fmt.Sprintf("%v", r.Clusters[0].Changes[0].Old); got != want || r.Clusters[0].Name != "größe" ||
			r.Clusters[0].Changes[0].Field.String() != alone[0].Clusters[0].Changes[0].Field.String() {
			t.Fatalf("report %d: %+v, want %+v", i, r, alone[0])
		}
	}
}

func TestStream(t *testing.T) {
	for text, want := range map[string]string{
		stream(cluster("a", clear), other):                    stream(cluster("a", right), other),
		stream(cluster("a", clear), cluster("b", bad), other): "",
	} {
		var out bytes.Buffer
		if err := (Specs{Plan: plan(t), Replace: true}).Stream(context.Background(), "<stdin>", strings.NewReader(text), &out, func(report.Report) error { return nil }); err != nil || out.String() != want {
			t.Errorf("%q became %q, %v", text, out.String(), err)
		}
	}
}

// TestTakeStops holds that an error of take ends a run, and is what it ends with.
func TestTakeStops(t *testing.T) {
	enough := errors.New("enough")
	for n := range 3 {
		left := n
		take := func(report.Report) error {
			if left--; left < 0 {
				return enough
			}
			return nil
		}
		err := Specs{Plan: plan(t)}.Stream(context.Background(), "<stdin>", strings.NewReader(stream(other, other)), nil, take)
		if err != enough {
			t.Errorf("after %d reports: %v", n, err)
		}
	}
}
