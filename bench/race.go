//go:build !windows

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A racer is one program and the form of the clusters it reads.
type racer struct {
	name, reads string
	args        []string // run in the fixtures' folder
	stdin       string   // a file there
	edits       bool     // whether it sets the values, so that they are compared
	inPlace     bool     // whether it edits the tree, not stdout
}

const yqEdit = `with(.spec.master.locations[].aws | (.rootVolume, .masterVolume); .encrypted = true | .kmsKeyId = strenv(KEY))
| with(.spec.nodes[].locations[].aws.rootVolume; .encrypted = true | .kmsKeyId = strenv(KEY))
| with(.spec.features.system.values.storageClass.aws.parameters;
    .encrypted = "true" | .encrypted style="single" | .kmsKeyId = strenv(KEY))`

func racers() []racer {
	return []racer{
		{name: "cat", reads: "stream", args: []string{"cat"}, stdin: "stream.yaml"},
		{name: "kyaml no-op", reads: "ResourceList", args: []string{"kyaml-noop"}, stdin: "list.yaml"},
		{name: "kyaml edit", reads: "ResourceList", args: []string{"kyaml-edit"}, stdin: "list.yaml", edits: true},
		{name: "yq", reads: "stream", args: []string{"yq", yqEdit}, stdin: "stream.yaml", edits: true},
		{name: "kublr-encryption-fn", reads: "ResourceList", args: []string{"kublr-encryption-fn"}, stdin: "list.yaml", edits: true},
		{name: "kublr-encryption", reads: "tree", args: []string{"kublr-encryption", "apply", "-f", "intent.yaml", "tree"}, edits: true, inPlace: true},
		{name: "kublr-encryption", reads: "stream", args: []string{"kublr-encryption", "apply", "-f", "intent.yaml", "-"}, stdin: "stream.yaml", edits: true},
	}
}

// A lap is one run of one racer.
type lap struct {
	time time.Duration
	peak int64 // resident memory, in bytes
	over bool  // stopped at the timeout
}

// A race is all racers over one course. laps has a row per racer.
type race struct {
	dir string
	course
	laps   [][]lap
	values string // digest of what the first editing racer set
}

// round runs every racer once, backwards in every second round: who comes first
// pays for memory that the machine has not touched yet. What they set is compared
// in their first lap.
func (r *race) round(number int) error {
	order := make([]int, len(r.racers))
	for i := range order {
		order[i] = i
	}
	if number%2 == 1 {
		slices.Reverse(order)
	}
	for _, i := range order {
		one, first := r.racers[i], len(r.laps[i]) == 0
		if !first && r.laps[i][0].over {
			continue
		}
		l, err := r.lap(one)
		if err != nil {
			return err
		}
		r.laps[i] = append(r.laps[i], l)
		if first && one.edits && !l.over {
			if err := r.compare(one); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *race) lap(one racer) (lap, error) {
	if one.inPlace {
		if err := writeTree(tree(r.dir), r.n); err != nil {
			return lap{}, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, one.args[0], one.args[1:]...)
	cmd.Dir, cmd.Env = r.dir, append(os.Environ(), "KEY="+key)
	if one.stdin != "" {
		in, err := os.Open(filepath.Join(r.dir, one.stdin))
		if err != nil {
			return lap{}, err
		}
		defer in.Close()
		cmd.Stdin = in
	}
	out, err := os.Create(filepath.Join(r.dir, "out"))
	if err != nil {
		return lap{}, err
	}
	defer out.Close()
	log, err := os.Create(filepath.Join(r.dir, "log"))
	if err != nil {
		return lap{}, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = out, log

	start := time.Now()
	err = cmd.Run()
	l := lap{time: time.Since(start)}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		l.over = true
	} else if err != nil {
		text, _ := os.ReadFile(log.Name())
		return l, fmt.Errorf("%s: %w\n%.500s", one.name, err, text)
	}
	// Linux counts in KiB. The row of cat shows how much of it is ours.
	l.peak = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	return l, nil
}

// compare decodes what a racer wrote, in a process of its own to keep this one small.
func (r *race) compare(one racer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	what := filepath.Join(r.dir, "out")
	if one.inPlace {
		what = tree(r.dir)
	}
	out, err := exec.Command(self, "digest", what).Output()
	if err != nil {
		return fmt.Errorf("reading what %s wrote: %w", one.name, err)
	}
	digest := strings.TrimSpace(string(out))
	if want := fmt.Sprintf("%d clusters ", r.n); !strings.HasPrefix(digest, want) {
		return fmt.Errorf("%s (%s) wrote %s", one.name, one.reads, digest)
	}
	if r.values == "" {
		r.values = digest
	}
	if digest != r.values {
		return fmt.Errorf("%s (%s) set other values than the programs before it", one.name, one.reads)
	}
	return nil
}

func (r *race) table() string {
	var b strings.Builder
	for i, one := range r.racers {
		laps := r.laps[i]
		if laps[0].over {
			fmt.Fprintf(&b, "| %s | %s | %s | over %v | %s | | |\n", r.clusters, one.name, one.reads, timeout, mebibytes(laps[0].peak))
			continue
		}
		peak := slices.MaxFunc(laps, func(a, b lap) int { return int(a.peak - b.peak) }).peak
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", r.clusters, one.name, one.reads,
			seconds(median(laps, func(l lap) float64 { return l.time.Seconds() })), mebibytes(peak),
			r.ratio(laps, "kyaml edit"), r.ratio(laps, "yq"))
	}
	return b.String()
}

// ratio is the median over the rounds of a racer's time by its peer's.
func (r *race) ratio(laps []lap, peer string) string {
	i := slices.IndexFunc(r.racers, func(one racer) bool { return one.name == peer })
	if i < 0 || r.laps[i][0].over {
		return ""
	}
	var round int
	return fmt.Sprintf("%.2f", median(laps, func(l lap) float64 {
		round++
		return float64(l.time) / float64(r.laps[i][round-1].time)
	}))
}

func median(laps []lap, of func(lap) float64) float64 {
	var all []float64
	for _, l := range laps {
		all = append(all, of(l))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

func seconds(s float64) string {
	if s < 1 {
		return fmt.Sprintf("%.0f ms", 1000*s)
	}
	return fmt.Sprintf("%.1f s", s)
}

func mebibytes(n int64) string { return fmt.Sprintf("%d MiB", (n+1<<19)>>20) }
