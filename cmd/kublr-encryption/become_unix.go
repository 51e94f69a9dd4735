//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// become puts a program in the place of this one.
func become(program string, args, env []string) error {
	return fmt.Errorf("running %s: %w", program, syscall.Exec(program, args, env))
}
