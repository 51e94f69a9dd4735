//go:build !windows

package main

import (
	"os"

	"github.com/google/renameio/v2"
)

// writeFile writes a file whole or not at all.
func writeFile(name string, text []byte, mode os.FileMode) error {
	return renameio.WriteFile(name, text, mode)
}
