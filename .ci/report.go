// Report reads `go test -json` on stdin. It prints go test's closing line for
// each package and what a failed test printed, and at the end the tests that
// were skipped for want of a tool, and the counts.
//
// Such a test skips with "NEEDS: TOOL …". With CI=true that is a failure, but
// for kpt where it is not on PATH: no package manager we may call installs it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// An event is one line of `go test -json`; `go doc test2json` describes it.
type event struct{ Action, Package, ImportPath, Test, Output string }

// A report is what the events amount to.
type report struct {
	passed, failed, skipped int
	output                  map[string]map[string]string // of what has not ended, by package and test
	blamed                  map[string]bool              // packages with a failed test
	needs                   map[string][]string          // tests by what they lack
}

func main() {
	r := report{output: map[string]map[string]string{}, blamed: map[string]bool{}, needs: map[string][]string{}}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) == nil {
			r.take(e)
		} else {
			os.Stdout.Write(line)
		}
		if err != nil {
			break
		}
	}
	if !r.close() {
		os.Exit(1)
	}
}

func (r *report) take(e event) {
	e.Package += e.ImportPath // a build has no package, only an import path
	out := r.output[e.Package]
	switch {
	case e.Output != "":
		if out == nil {
			out = map[string]string{}
			r.output[e.Package] = out
		}
		out[e.Test] += e.Output
		return
	case e.Action == "build-fail", e.Action == "fail" && e.Test == "":
		// Whatever is left: a test that never ended died with its package.
		for _, test := range slices.Sorted(maps.Keys(out)) {
			fmt.Print(out[test])
		}
		if e.Action == "fail" && !r.blamed[e.Package] {
			r.failed++
		}
	case e.Action == "pass" && e.Test == "":
		_, closing, _ := strings.Cut("\n"+out[""], "\nok ")
		fmt.Print("ok ", closing)
	case e.Action == "pass":
		r.passed++
	case e.Action == "fail":
		fmt.Print(out[e.Test])
		r.failed++
		r.blamed[e.Package] = true
	case e.Action == "skip" && e.Test != "":
		r.skipped++
		if _, need, ok := strings.Cut(out[e.Test], "NEEDS: "); ok {
			need, _, _ = strings.Cut(need, "\n")
			r.needs[need] = append(r.needs[need], e.Test)
		}
	}
	if ended := e.Action == "pass" || e.Action == "fail" || e.Action == "skip"; ended {
		delete(out, e.Test)
	}
}

// close prints the end of the report, and tells whether all is well.
func (r *report) close() bool {
	well := true
	var skips []string
	for _, need := range slices.Sorted(maps.Keys(r.needs)) {
		skips = append(skips, fmt.Sprintf("%s (%s)", need, strings.Join(r.needs[need], ", ")))
		_, noKpt := exec.LookPath("kpt")
		if os.Getenv("CI") == "true" && !(strings.HasPrefix(need, "kpt") && noKpt != nil) {
			well = false
		}
	}
	if skips != nil {
		fmt.Println("SKIPPED, NEEDS:", strings.Join(skips, "; "))
	}
	if !well {
		fmt.Println("FAIL: CI=true, and tests were skipped for want of what CI installs")
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	return well && r.failed == 0
}
