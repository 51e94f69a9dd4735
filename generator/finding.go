package generator

import (
	"errors"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// refusals gives what the YAML editor reports of a file.
func refusals(file string, err error) diag.Findings {
	var found diag.Findings
	if err == nil {
		return nil
	}
	if errors.As(err, &found) {
		return found.In(file)
	}
	return diag.Findings{{Severity: diag.Error, Code: "yaml", File: file, Message: err.Error()}}
}
