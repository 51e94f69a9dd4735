package filter

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/fn"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// TestProcess holds that every case of the function's ends as it does in the program:
// the same items and results, as a decoder reads them, and an error where that fails.
func TestProcess(t *testing.T) {
	names, err := filepath.Glob("../testdata/*/in.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	compared := 0
	for _, name := range names {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			in, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var out, stderr bytes.Buffer
			exit := fn.Run(bytes.NewReader(in), &out, &stderr)
			reader := &kio.ByteReader{Reader: bytes.NewReader(in), OmitReaderAnnotations: true}
			items, err := reader.Read()
			if err != nil || reader.WrappingKind == "" || bytes.Count(in, []byte("\nfunctionConfig:")) > 1 { // no list, or one that kyaml reads as another
				if exit == 0 {
					t.Errorf("kyaml reads no list: %v", err)
				}
				return
			}
			list := framework.ResourceList{Items: items, FunctionConfig: reader.FunctionConfig, Results: decoded(t, in).Results}
			err = Process(&list)
			if (err != nil) != (exit != 0) {
				t.Fatalf("the program ends with %d: %s\nthe filter with %v", exit, &stderr, err)
			}
			compared++
			want := decoded(t, out.Bytes())
			if got := written(t, list.Items).Items; !reflect.DeepEqual(got, want.Items) {
				t.Errorf("items are\n%v\nwant\n%v", got, want.Items)
			}
			if got, want := list.Results, want.Results; len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("results are\n%v\nwant\n%v", got, want)
			}
			if err != nil {
				if first, _, _ := strings.Cut(stderr.String(), "\n"); !strings.Contains(err.Error(), first) {
					t.Errorf("the program says %s\nthe filter %v", first, err)
				}
			}
		})
	}
	if compared < len(names)*2/3 {
		t.Errorf("only %d of %d cases were compared", compared, len(names))
	}
}

// A list is a ResourceList, decoded.
type list struct {
	Items   []any
	Results framework.Results
}

func decoded(t *testing.T, text []byte) list {
	t.Helper()
	var l list
	if err := sigsyaml.Unmarshal(text, &l); err != nil {
		t.Fatal(err)
	}
	// The ConfigMap of policies is added where the text has room for it.
	slices.SortFunc(l.Items, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return l
}

// written gives what items are once kyaml has written them.
func written(t *testing.T, items []*yaml.RNode) list {
	t.Helper()
	var text bytes.Buffer
	w := kio.ByteWriter{Writer: &text, KeepReaderAnnotations: true, WrappingKind: kio.ResourceListKind, WrappingAPIVersion: kio.ResourceListAPIVersion}
	if err := w.Write(items); err != nil {
		t.Fatal(err)
	}
	return decoded(t, text.Bytes())
}

// TestFilter holds that a filter hands on what was found, and no items with an error.
func TestFilter(t *testing.T) {
	reader := &kio.ByteReader{OmitReaderAnnotations: true}
	for name, want := range map[string]struct{ items, results int }{"mistake-in-intent": {0, 3}, "warnings-for-kpt": {1, 3}} {
		in, err := os.ReadFile("../testdata/" + name + "/in.yaml")
		if err != nil {
			t.Fatal(err)
		}
		reader.Reader = bytes.NewReader(in)
		items, err := reader.Read()
		if err != nil {
			t.Fatal(err)
		}
		f := Filter{Intent: reader.FunctionConfig}
		items, err = f.Filter(items)
		if len(items) != want.items || len(f.Results) != want.results || (err != nil) != (want.items == 0) {
			t.Errorf("%s: %d items, %d results, %v", name, len(items), len(f.Results), err)
		}
	}
}
