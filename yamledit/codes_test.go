package yamledit

import (
	"errors"
	"maps"
	"path/filepath"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"golang.org/x/tools/txtar"
)

// TestCodes holds that the cases of testdata/edit give each code of the table, and
// none that has no row.
func TestCodes(t *testing.T) {
	missing := map[string]bool{}
	for _, c := range Codes {
		if missing[c.ID] {
			t.Errorf("%s stands twice", c.ID)
		}
		missing[c.ID] = true
		if c.Severity != diag.Error || c.Title == "" || c.Means == "" || c.Why == "" || c.Remedy == "" || len(c.Sources) == 0 {
			t.Errorf("%s: the row is not complete", c.ID)
		}
	}
	rows := maps.Clone(missing)
	names, err := filepath.Glob("testdata/edit/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name != "in.yaml" {
				continue
			}
			_, err := editAll(t, written(f.Data, string(archive.Comment)), string(archive.Comment))
			var refused diag.Findings
			errors.As(err, &refused)
			for _, one := range refused {
				delete(missing, one.Code)
				if !rows[one.Code] || one.Severity != diag.Error {
					t.Errorf("%s: the code %s has no row", name, one.Code)
				}
			}
		}
	}
	for id := range missing {
		t.Errorf("no case gives %s", id)
	}
}
