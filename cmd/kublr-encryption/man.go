//go:build man

package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra/doc"
)

// main writes the manual pages into a folder. `make share` runs it; no program links it.
func main() {
	root := newRoot(stdio{})
	root.DisableAutoGenTag = true
	day := time.Unix(0, 0)
	if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Manual: "kublr-encryption", Date: &day}, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
