package fn

import (
	"fmt"
	"io"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/build"
)

const help = `kublr-encryption-fn is a KRM function: it reads a ResourceList on stdin, encrypts
the EBS volumes of the Kublr clusters in it as an intent asks for, and writes it to
stdout. It takes no arguments.

With the annotation kublr-encryption.github.io/mode: verify on the intent, or
mode: verify in a flat ConfigMap, it validates: it changes nothing, and fails where
something is not as intended.

  kpt fn eval clusters --exec kublr-encryption-fn --fn-config intent.yaml
  kpt fn source clusters --fn-config intent.yaml | kublr-encryption-fn | kpt fn sink out
  kustomize build --enable-alpha-plugins --enable-exec .
`

// Main runs the function as a program: it takes no arguments but --help and
// --version. It gives the exit code.
func Main(args []string, in io.Reader, out, stderr io.Writer) int {
	if len(args) == 0 {
		return Run(in, out, stderr)
	}
	text := help
	switch args[0] {
	case "-h", "--help", "help":
	case "--version", "version":
		text = build.Line("kublr-encryption-fn") + "\n"
	default:
		fmt.Fprintf(stderr, "kublr-encryption-fn: takes no arguments, got %q; settings go into the functionConfig\n", args[0])
		return 2
	}
	if _, err := io.WriteString(out, text); err != nil {
		fmt.Fprintf(stderr, "kublr-encryption-fn: %v\n", err)
		return 1
	}
	return 0
}

// Run reads a ResourceList and writes what becomes of it. It gives the exit code:
// 0, or 1 when an error was found and nothing was changed.
func Run(in io.Reader, out, stderr io.Writer) int {
	src, err := io.ReadAll(in)
	if err != nil {
		fmt.Fprintf(stderr, "kublr-encryption-fn: reading stdin: %v\n", err)
		return 1
	}
	list, err := parse(src)
	if err != nil {
		fmt.Fprintf(stderr, "kublr-encryption-fn: %v\n", err)
		return 1
	}
	text, findings, err := list.run()
	if err == nil {
		if failed(findings) || list.isKustomize() {
			err = tell(stderr, findings)
		}
		if _, lost := out.Write(text); lost != nil {
			err = lost
		}
	}
	if err != nil {
		fmt.Fprintf(stderr, "kublr-encryption-fn: %v\n", err)
		return 1
	}
	if failed(findings) {
		return 1
	}
	return 0
}

// tell prints findings, errors first. kpt shows four lines, and so the first one
// carries the point.
func tell(w io.Writer, findings []found) error {
	var errors, others []string
	for _, f := range findings {
		switch f.Severity {
		case diag.Error:
			errors = append(errors, f.String())
		case diag.Warning:
			others = append(others, "warning: "+f.String())
		}
	}
	if len(errors) > 1 {
		errors[0] = fmt.Sprintf("%s (the first of %d errors)", errors[0], len(errors))
	}
	for _, line := range append(errors, others...) {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
