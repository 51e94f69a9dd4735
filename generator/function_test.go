package generator_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/fn"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

const gateConfig = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  apiVersion: kublr-encryption.github.io/v1alpha1\n  kind: EncryptionIntent\n  metadata: {name: x}\n" +
	"  spec: {account: \"111122223333\", key: alias/kublr-ebs, kublr: {user: kublr}}\n"

// asItem puts a document into a ResourceList.
func asItem(text string) string {
	return gateConfig + "items:\n- " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

// viaFunction gives what the function says of a document that is the item of a list,
// what it makes of it, and whether it refuses it.
func viaFunction(t *testing.T, text string) (said []string, made string, refused bool) {
	t.Helper()
	var out, stderr bytes.Buffer
	refused = fn.Run(strings.NewReader(asItem(text)), &out, &stderr) != 0
	list, results, _ := strings.Cut(out.String(), "\nresults:\n")
	if results != "" {
		doc, err := yamledit.Parse([]byte("results:\n"+results), diag.Position{})
		if err != nil {
			t.Fatalf("%v in\n%s", err, out.String())
		}
		for _, r := range doc.Root().Get("results").Elements() {
			if r.Lookup("resourceRef", "kind").Text() != generator.IntentKind {
				said = append(said, fmt.Sprint(r.Lookup("severity").Text(), " ", r.Lookup("tags", "code").Text(), " ", r.Lookup("field", "path").Text()))
			}
		}
	}
	made = strings.TrimPrefix(list, gateConfig+"items:\n- ")
	return said, strings.TrimSuffix(strings.ReplaceAll(made, "\n  ", "\n"), "\n"), refused
}

// viaFile gives the same of a document that is a file.
func viaFile(t *testing.T, plan *generator.Plan, text string) (said []string, made string, refused bool) {
	t.Helper()
	splitter := yamledit.NewSplitter(strings.NewReader(text))
	chunk, err := splitter.Next()
	if err == io.EOF {
		return nil, text, false
	}
	if err != nil {
		t.Fatal(err)
	}
	r := plan.Edit("c.yaml", chunk, generator.Base{})
	for _, o := range r.Outcomes {
		for _, f := range o.Findings {
			said = append(said, fmt.Sprint(f.Severity, " ", f.Code, " ", f.Field))
		}
		if o.Cluster != nil && o.Cluster.Skipped != "" && !o.Findings.HasErrors() {
			said = append(said, "info cluster-skipped ")
		}
	}
	return said, strings.TrimSuffix(string(r.Output), "\n"), r.HasErrors()
}

// decoded gives a document's value: JSON is edited as such in a file of its own alone.
func decoded(t *testing.T, text string) any {
	t.Helper()
	doc, err := yamledit.Parse([]byte(text), diag.Position{})
	if err != nil {
		return text
	}
	return doc.Root().Value()
}

// TestFunctionSaysTheSame holds that the function and the command line say the same
// of a document, and make the same of it.
func TestFunctionSaysTheSame(t *testing.T) {
	plan := gatePlan(t)
	var texts []string
	for _, cluster := range gateClusters {
		for _, kind := range gateKinds {
			texts = append(texts, gateEnvelopes(t, fmt.Sprintf(cluster, kind))...)
		}
	}
	r := rand.New(rand.NewPCG(8, 2))
	faults := []string{"apiVersion: x.io/v1\n", "kind: X\n", "x: {a: 1, a: 2}\n", "sops: {mac: x}\n", "y: '{{ x }}'\n", "spec: {}\n"}
	for range 500 {
		texts = append(texts, pick(r, faults...)+fmt.Sprintf(pick(r, gateClusters...), pick(r, gateKinds...)))
	}
	texts = append(texts, "kind: Cluster\napiVersion: x.io/v1\nspec: {a: 1, a: 2}\n", "kind: Deployment\nspec: {a: 1, a: 2}\n", "kind: Cluster\nmetadata: {name: '${x}'}\n",
		"kind: List\nsops: {mac: x}\nitems:\n- kind: Cluster\n  spec: {locations: [{name: a, aws: {}}], master: {locations: [{locationRef: a, aws: {}}]}}\n",
		"kind: Cluster\nspec:\n  locatons: [{name: a, aws: {}}]\n  master: {locations: [{locationRef: a, aws: {}}]}\n",
		"- kind: Cluster\n  spec:\n    master: {locations: [{locationRef: a, aws: {}}]}\n")
	seen := 0
	for i, text := range texts {
		if i < len(texts)-6 && i%2 == 1 { // half of them: each is an evaluation of the library
			continue
		}
		if strings.HasPrefix(text, "%") || strings.Contains("\n"+text, "\n---") || strings.Contains(text, "\n...") {
			continue // no item of a list
		}
		said, made, refused := viaFile(t, plan, text)
		sameSaid, sameMade, sameRefused := viaFunction(t, text)
		if refused != sameRefused {
			t.Fatalf("refused as a file: %v %q, by the function: %v %q\n%s", refused, said, sameRefused, sameSaid, text)
		}
		if sameSaid = slices.DeleteFunc(sameSaid, func(s string) bool { return strings.HasSuffix(s, "spec.clusters") }); !sameRefused && !slices.Equal(said, sameSaid) {
			t.Fatalf("said of a file: %q, by the function: %q\n%s", said, sameSaid, text)
		}
		if !refused && !reflect.DeepEqual(decoded(t, made), decoded(t, sameMade)) {
			t.Fatalf("of a file is made\n%s\nby the function\n%s\nof\n%s", made, sameMade, text)
		}
		seen++
	}
	t.Logf("%d documents", seen)
}
