package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestVersion holds that every program says its name, its version, and of what commit
// and when it is, whether the linker says so or nobody does.
func TestVersion(t *testing.T) {
	const of = "github.com/kublr-encryption/kublr-encryption/internal/build."
	flags := "-X " + of + "version=v9.8.7 -X " + of + "commit=0123abc -X " + of + "date=2026-11-26T00:00:00Z"
	for _, build := range []struct{ flags, want string }{
		{flags, ` v9\.8\.7, commit 0123abc, 2026-11-26T00:00:00Z\b`},
		{"", ` v?[0-9]+\.[0-9]+\.[0-9]+\S*(, commit [0-9a-f]{40}, [0-9TZ:-]+)?(\n| \()`},
	} {
		dir := t.TempDir()
		if out, err := exec.Command("go", "build", "-ldflags", build.flags, "-o", dir+"/", "../../cmd/...").CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		programs, err := os.ReadDir(dir)
		if err != nil || len(programs) != 3 {
			t.Fatal(programs, err)
		}
		for _, program := range programs {
			for _, ask := range []string{"--version", "version"} {
				out, err := exec.Command(filepath.Join(dir, program.Name()), ask).CombinedOutput()
				if !regexp.MustCompile(`^`+strings.TrimSuffix(program.Name(), ".exe")+build.want).Match(out) || err != nil {
					t.Errorf("%s %s says %s, %v", program.Name(), ask, out, err)
				}
			}
		}
	}
}
