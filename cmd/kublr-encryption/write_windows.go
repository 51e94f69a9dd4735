package main

import (
	"errors"
	"os"
)

// writeFile writes a file whole or not at all.
func writeFile(name string, text []byte, mode os.FileMode) error {
	draft := name + ".kublr-encryption"
	err := os.WriteFile(draft, text, mode)
	if err == nil {
		err = os.Rename(draft, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft))
	}
	return nil
}
