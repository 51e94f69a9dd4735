package generator_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
	sigs "sigs.k8s.io/yaml"
)

// The gate's law: what the reader of reference takes for a Kublr cluster is never
// "another document", and what nobody can read is refused when a cluster may have
// been meant.

// spellings of one cluster; %s is where `kind: Cluster` stands.
var gateClusters = []string{
	"%s\nmetadata:\n  name: prod-a\nspec:\n  locations:\n    - name: aws1\n      aws: {region: us-east-1}\n  master:\n    locations:\n      - locationRef: aws1\n        aws:\n          sshKey: a\n",
	"metadata: {name: prod-b}\n%s\nspec:\n  nodes:\n  - name: web\n    locations:\n    - aws: {rootVolume: null}\n      locationRef: aws1\n  locations:\n  - {name: aws1, aws: {region: us-east-1}}\n",
	"spec: {locations: [{name: aws1, aws: {region: us-east-1}}], master: {locations: [{locationRef: aws1, aws: {}}]}}\n%s\n",
}

// ways to write a line `kind: Cluster`.
var gateKinds = []string{
	"kind: Cluster", `"kind": "Cluster"`, "'kind': 'Cluster'", `kind: "Clus\x74er"`, `"k\x69nd": Cluster`, `kind: "\u0043luster"`,
	"? kind\n: Cluster", "?\tkind\n:\tCluster", "kind: !!str Cluster", "kind: !!binary Q2x1c3Rlcg==", "kind: &k Cluster", "&k kind: Cluster",
	"kind:\n  Cluster", "kind: >-\n  Cluster", "kind: |-\n  Cluster", "kind : Cluster", "kind:   Cluster # c", "kind:\tCluster",
	"k: &k Cluster\nkind: *k", "b: &b {kind: Cluster}\n<<: *b", "kind: \"Clus\\\n  ter\"", "kind: !<tag:yaml.org,2002:str> Cluster", "kind: ! Cluster",
	"kind: Other\nkind: Cluster", "kind: Cluster\nspec: {}", "kind:\n\n  # c\n  Cluster",
}

// envelopes put a document somewhere in another.
func gateEnvelopes(t testing.TB, text string) []string {
	indent := func(first, rest string) string {
		return first + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+rest) + "\n"
	}
	all := []string{
		text,
		"apiVersion: kublr.com/v1\n" + text,
		"apiVersion: v1\nkind: List\nitems:\n" + indent("- ", "  "),
		"apiVersion: v1\nitems:\n" + indent("  - ", "    ") + "kind: List\n",
		indent("- ", "  "),
		indent("- - ", "    "),
		"--- # c\n" + text, "%YAML 1.1\n---\n" + text, "# c\n\n" + text + "...\n",
	}
	var value any
	if sigs.Unmarshal([]byte(text), &value) == nil {
		for _, v := range []any{value, []any{value}, map[string]any{"kind": "List", "apiVersion": "v1", "items": []any{value}}} {
			minified, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			pretty, _ := json.MarshalIndent(v, "", "\t") // what was marshalled once
			all = append(all, string(minified), string(pretty)+"\n")
		}
	}
	return all
}

// encodings of a text, UTF-8 first.
func gateEncodings(text string) [][]byte {
	all := [][]byte{[]byte(text), []byte("\ufeff" + text), []byte(strings.ReplaceAll(text, "\n", "\r\n")), []byte(strings.ReplaceAll(text, "\n", "\r"))}
	for _, mark := range []string{"", "\ufeff"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			var two, four []byte
			for _, unit := range utf16.Encode([]rune(mark + text)) {
				two = order.AppendUint16(two, unit)
			}
			for _, r := range mark + text {
				four = order.AppendUint32(four, uint32(r))
			}
			all = append(all, two, four)
		}
	}
	return all
}

// referenceClusters counts what sigs.k8s.io/yaml, or a JSON decoder, takes for
// Kublr clusters. ok is false when neither can read it.
func referenceClusters(text []byte) (count int, ok bool) {
	var value any
	if sigs.Unmarshal(text, &value) != nil && json.Unmarshal(text, &value) != nil {
		return 0, false
	}
	var in func(any)
	in = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, element := range v {
				in(element)
			}
		case map[string]any:
			if isKublr(v) {
				count++
			} else if kind, _ := v["kind"].(string); strings.HasSuffix(kind, "List") {
				if items, isList := v["items"].([]any); isList {
					in(items)
				}
			}
		}
	}
	in(value)
	return count, true
}

func isKublr(v map[string]any) bool {
	spec, _ := v["spec"].(map[string]any)
	master, _ := spec["master"].(map[string]any)
	groups, _ := spec["nodes"].([]any)
	refers := false
	for _, g := range append(groups, any(master)) {
		group, _ := g.(map[string]any)
		locations, _ := group["locations"].([]any)
		for _, l := range locations {
			location, _ := l.(map[string]any)
			_, found := location["locationRef"]
			refers = refers || found
		}
	}
	locations, _ := spec["locations"].([]any)
	for _, l := range locations {
		location, _ := l.(map[string]any)
		if _, found := location["aws"].(map[string]any); found {
			refers = true
		}
	}
	return v["kind"] == "Cluster" && refers
}

var groupedVersion = regexp.MustCompile(`apiVersion["']?\s*:\s*["']?[^\s"'#]+/`)

// gate gives how many clusters are named in a text, as verified or skipped, and
// whether something is refused.
func gate(t testing.TB, plan *generator.Plan, text []byte) (named int, refused bool) {
	t.Helper()
	splitter := yamledit.NewSplitter(bytes.NewReader(text))
	for {
		chunk, err := splitter.Next()
		if err == io.EOF {
			return named, refused
		}
		if err != nil {
			t.Fatal(err)
		}
		chunk.Bytes = bytes.Clone(chunk.Bytes)
		for _, o := range plan.Verify("c.yaml", chunk, generator.Base{}).Outcomes {
			if o.Cluster != nil {
				named++
			}
			for _, f := range o.Findings {
				if f.Severity == "error" && f.Position.Line == 0 {
					t.Fatalf("an error without a place: %v of\n%s", f, text)
				}
			}
			refused = refused || o.Findings.HasErrors()
		}
	}
}

// checkGate holds the law for one text, which is text encoded as raw.
func checkGate(t testing.TB, plan *generator.Plan, text string, raw []byte) {
	t.Helper()
	named, refused := gate(t, plan, raw)
	if refused {
		return
	}
	count, ok := referenceClusters([]byte(text))
	if ok && named < count {
		t.Fatalf("%d of %d clusters are named, and nothing is refused, in\n%q", named, count, raw)
	}
	words := strings.Contains(text, "kind") && strings.Contains(text, "Cluster") && (!groupedVersion.MatchString(text) || strings.Contains(text, "locationRef"))
	if !ok && words && named == 0 {
		t.Fatalf("nobody can read it, and it is not refused:\n%q", raw)
	}
}

func gatePlan(t testing.TB) *generator.Plan { return planOf(t, `"key": "alias/kublr-ebs"`) }

// TestGateNamesEveryCluster puts clusters through spellings, envelopes and
// encodings.
func TestGateNamesEveryCluster(t *testing.T) {
	plan := gatePlan(t)
	for _, cluster := range gateClusters {
		for _, kind := range gateKinds {
			for _, text := range gateEnvelopes(t, fmt.Sprintf(cluster, kind)) {
				for _, raw := range gateEncodings(text) {
					checkGate(t, plan, text, raw)
				}
			}
		}
	}
}

// TestGateRefusesTruncations cuts clusters at every byte.
func TestGateRefusesTruncations(t *testing.T) {
	plan := gatePlan(t)
	for _, cluster := range gateClusters {
		for _, text := range gateEnvelopes(t, fmt.Sprintf(cluster, "kind: Cluster")) {
			for end := range len(text) {
				checkGate(t, plan, text[:end], []byte(text[:end]))
			}
		}
	}
}

// TestGateRefusesFaults puts one fault into clusters, anywhere.
func TestGateRefusesFaults(t *testing.T) {
	plan := gatePlan(t)
	r := rand.New(rand.NewPCG(8, 1))
	faults := []string{"\t", "\x00", "\x1b", "\xff", "{", "}", "[", "]", ":", ": ", "\"", "'", "&a ", "*a ", "!x ", "- ", "? ", "\n", "\r", " ", "#", " #", "|", ">", "%", "@", "`", "<<: ", "{{ x }}", "\u2028", "\u0085", "---\n", "...\n", "\\", "kind: X\n"}
	for range 20000 {
		envelopes := gateEnvelopes(t, fmt.Sprintf(pick(r, gateClusters...), pick(r, gateKinds...)))
		text := pick(r, envelopes...)
		at := r.IntN(len(text))
		cut := at + r.IntN(2)
		text = text[:at] + pick(r, faults...) + text[cut:]
		if strings.Contains(text, "\n---") || strings.Contains(text, "\n...") {
			continue // several documents, of which the reference reads one
		}
		checkGate(t, plan, text, []byte(text))
	}
}

// FuzzGate holds the law for any text.
func FuzzGate(f *testing.F) {
	for _, cluster := range gateClusters {
		for _, kind := range gateKinds {
			f.Add([]byte(fmt.Sprintf(cluster, kind)))
		}
	}
	plan := gatePlan(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.Contains(text, []byte("\n---")) || bytes.Contains(text, []byte("\n...")) {
			return
		}
		checkGate(t, plan, string(text), text)
	})
}

// TestGateAsksWhoseTextIs puts an apiVersion with a group where it says nothing of an
// unreadable cluster, and where it does.
func TestGateAsksWhoseTextIs(t *testing.T) {
	plan := gatePlan(t)
	for _, c := range []struct {
		text    string
		refused bool
	}{
		{"kind: Cluster\nmetadata: {name: a, name: a}\nspec: {}\n", true},
		{"# apiVersion: cluster.x-k8s.io/v1\nkind: Cluster\nmetadata: {name: a, name: a}\n", true},
		{"kind: Cluster # was apiVersion: cluster.x-k8s.io/v1\nmetadata: {name: a, name: a}\n", true},
		{"kind: Cluster\nmetadata:\n  annotations:\n    apiVersion: apps/v1\n    a: b\n    a: b\n", true},
		{`{"kind": "Cluster", "metadata": {"annotations": {"apiVersion": "apps/v1"}, "name": "a", "name": "a"}}`, true},
		{"apiVersion: kublr.com/v1\nkind: Cluster\nspec:\n  locations: [{aws: {}}]\n  a: 1\n  a: 1\n", true},
		{"apiVersion: v1\nkind: List\nitems:\n- apiVersion: cluster.x-k8s.io/v1\n  kind: Cluster\n- kind: Cluster\n  a: 1\n  a: 1\n", true},
		{"apiVersion: cluster.x-k8s.io/v1\rkind: Cluster\r---\rkind: Cluster\rspec: {a: 1, a: 1}\r", true},
		{"apiVersion: cluster.x-k8s.io/v1\nkind: Cluster\nmetadata: {name: a, name: a}\n", false},
		{`{"kind":"Cluster","apiVersion":"cluster.x-k8s.io/v1","metadata":{"name":"a","name":"a"}}`, false},
		{"apiVersion: v1\nkind: List\nitems:\n- apiVersion: cluster.x-k8s.io/v1\n  kind: Cluster\n  a: 1\n  a: 1\n", false},
		{"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  target: {kind: Cluster}\n  a: {{ .x }}\n", false},
		{"# a chart\n{{- if .Values.x }}\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: {{ .Release.Name }}}\n{{- end }}\n", false},
	} {
		if _, refused := gate(t, plan, []byte(c.text)); refused != c.refused {
			t.Errorf("refused: %v\n%q", refused, c.text)
		}
	}
}

// TestGateLooksBehindOtherText puts a cluster in another encoding behind a text.
func TestGateLooksBehindOtherText(t *testing.T) {
	plan := gatePlan(t)
	cluster := fmt.Sprintf(gateClusters[0], "kind: Cluster")
	for _, before := range []string{"apiVersion: apps/v1\nkind: Deployment\n", "a: b\n---\n", fmt.Sprintf(gateClusters[1], "kind: Cluster") + "---\n", ""} {
		for i, raw := range gateEncodings(cluster) {
			if _, refused := gate(t, plan, append([]byte(before), raw...)); !refused && bytes.IndexByte(raw, 0) >= 0 {
				t.Errorf("encoding %d behind %q is not refused", i, before)
			}
		}
	}
}

// TestGateReadsAsReference writes volumes in ways that the reader of reference takes for
// in the clear, or for encrypted, and other readers otherwise.
func TestGateReadsAsReference(t *testing.T) {
	plan := planOf(t, `"key": "alias/a", "volumes": ["masterRoot"]`)
	for _, c := range []struct{ volume, merged string }{
		{"{encrypted: true, kmsKeyId: alias/a, <<: *x}", "{encrypted: false}"},
		{"{encrypted: true, kmsKeyId: alias/a, <<: [*x]}", "{kmsKeyId: alias/b}"},
		{"{encrypted: ! true, kmsKeyId: alias/a}", "{}"},
		{"{encrypted: !!bool \"true\", kmsKeyId: alias/a}", "{}"},
		{"{encrypted: true, kmsKeyId: ! alias/a}", "{}"},
		{"{encrypted: !x true, kmsKeyId: alias/a}", "{}"},
		{"{<<: *x, encrypted: true, kmsKeyId: alias/a}", "{encrypted: false}"},
		{"{<<: *x, kmsKeyId: alias/a}", "{encrypted: true}"},
		{"{encrypted: true, kmsKeyId: alias/a, <<: *x}", "{size: 3}"},
	} {
		text := fmt.Sprintf("x: &x %s\nkind: Cluster\nmetadata: {name: a}\nspec: {locations: [{name: l, aws: {region: us-east-1}}], master: {locations: [{locationRef: l, aws: {rootVolume: %s}}]}}\n", c.merged, c.volume)
		var read struct {
			Spec struct {
				Master struct {
					Locations []struct {
						AWS struct{ RootVolume map[string]any }
					}
				}
			}
		}
		isGreen := false
		if sigs.Unmarshal([]byte(text), &read) == nil {
			volume := read.Spec.Master.Locations[0].AWS.RootVolume
			isGreen = volume["encrypted"] == true && volume["kmsKeyId"] == "alias/a"
		}
		if _, refused := gate(t, plan, []byte(text)); !refused && !isGreen {
			t.Errorf("green, and the reader of reference reads %v in\n%s", read.Spec, text)
		} else if refused && isGreen && !strings.Contains(c.volume, "!") {
			t.Errorf("refused, though every reader takes it for right:\n%s", text)
		}
	}
}
