package golden

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// given are the forms in which a code stands in what the programs print.
var given = regexp.MustCompile(`(?m)\[([a-z]+(?:-[a-z]+)*)\]$|"(?:code|ruleId)": ?"([^"]+)"`)

// TestGivenCodesAreExplained holds that whatever code a golden file or a script
// shows has a row in the table.
func TestGivenCodesAreExplained(t *testing.T) {
	list := string(command(t, ".", "explain"))
	seen := 0
	for _, pattern := range []string{"*/*.txt", "../cmd/*/testdata/script/*.txtar", "../fn/testdata/*/out.yaml", "../fn/testdata/*/stderr.txt"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range given.FindAllStringSubmatch(string(text), -1) {
				seen++
				if code := m[1] + m[2]; !strings.Contains(list, "\n"+code+" ") {
					t.Errorf("%s shows the code %s, which has no row", file, code)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d codes are shown", seen)
	}
}
