//go:build !windows

// Bench races the product against its peers over the same clusters, in one run,
// and prints a table. `make bench` builds the programs and puts them on PATH.
//
// Rounds are interleaved, every program once a round, and a ratio is the median
// of the rounds' own ratios: a machine that slows down slows both sides. What
// the programs set is decoded and compared, so all of them do the same job.
package main

import (
	"debug/buildinfo"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	rounds  = 5
	budget  = 3 * time.Minute // no new round at one number of clusters after this
	timeout = 5 * time.Minute // a program that takes longer is stopped, and left out of further rounds
)

func main() {
	sizes := flag.String("n", "1,100,1000,10000", "numbers of clusters")
	flag.Parse()
	var err error
	if flag.Arg(0) == "digest" {
		err = printDigest(flag.Arg(1))
	} else {
		err = bench(strings.Split(*sizes, ","))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(sizes []string) error {
	// Linux counts a parent's memory at the fork as its child's: stay small.
	debug.SetGCPercent(10)
	all := present(racers())
	streams := slices.DeleteFunc(slices.Clone(all), func(r racer) bool { return r.reads != "stream" })
	fmt.Print(heading())
	var courses []course
	for _, size := range sizes {
		n, err := strconv.Atoi(size)
		if err != nil {
			return err
		}
		courses = append(courses, course{strconv.Itoa(n), n, writeFixtures, all})
	}
	courses = append(courses,
		course{"1, a line of 1 MB", 1, writeLine, streams},
		course{"100, merge keys", 100, writeMerges, streams})
	for _, c := range courses {
		if err := c.run(); err != nil {
			return fmt.Errorf("%s: %w", c.clusters, err)
		}
	}
	return nil
}

// A course is a number of clusters, how they are written, and who races over them.
type course struct {
	clusters string
	n        int
	write    func(dir string, n int) error
	racers   []racer
}

// run races over the course and prints its rows.
func (c course) run() error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := c.write(dir, c.n); err != nil {
		return err
	}
	r := race{dir: dir, course: c, laps: make([][]lap, len(c.racers))}
	start := time.Now()
	for i := 0; i < rounds && (i == 0 || time.Since(start) < budget); i++ {
		fmt.Fprintf(os.Stderr, "bench: %s clusters, round %d\n", c.clusters, i+1)
		if err := r.round(i); err != nil {
			return err
		}
	}
	fmt.Print(r.table())
	return nil
}

// present leaves out what is not installed, and says so.
func present(all []racer) (found []racer) {
	for _, r := range all {
		if _, err := exec.LookPath(r.args[0]); err != nil {
			fmt.Fprintf(os.Stderr, "bench: left out %s: %v\n", r.name, err)
			continue
		}
		found = append(found, r)
	}
	return found
}

func heading() string {
	return fmt.Sprintf("%d × %s, %s, kyaml %s, yq %s; clusters of about %d lines.\n\n", runtime.NumCPU(), processor(), runtime.Version(),
		version("kyaml-edit", "sigs.k8s.io/kustomize/kyaml"), version("yq", "github.com/mikefarah/yq/v4"), strings.Count(string(cluster(1)), "\n")) +
		"| clusters | program | reads | time | peak memory | time ÷ kyaml edit | time ÷ yq |\n|---:|---|---|---:|---:|---:|---:|\n"
}

func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Trim(name, "\t :\n")
		}
	}
	return runtime.GOARCH
}

// version reads from a program which version of a module it was built from.
func version(program, module string) string {
	path, err := exec.LookPath(program)
	if err != nil {
		return "missing"
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == module {
			return m.Version
		}
	}
	return "unknown"
}

// tree is the folder that the command line edits in place.
func tree(dir string) string { return filepath.Join(dir, "tree") }
