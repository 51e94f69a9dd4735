package policy

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// Codes are all that the package gives: why KMS refuses a policy, what it says and
// does not mean, and what it breaks or opens.
func Codes() []diag.Code {
	codes := slices.Concat(parseCodes, lintCodes)
	for i := range capabilities {
		codes = append(codes, capabilities[i].Code)
	}
	for i := range risks {
		codes = append(codes, risks[i].Code)
	}
	return codes
}

// maxFindings bounds what is said of one text: whoever has a hundred mistakes to
// correct is not helped by more.
const maxFindings = 100

// A report collects findings of one text.
type report struct {
	source   []byte
	lines    diag.Lines
	findings diag.Findings
}

func newReport(source []byte) *report {
	return &report{source: source, lines: diag.NewLines(source, diag.Position{})}
}

func (r *report) add(code diag.Code, field diag.Field, at int, message, hint string) {
	if len(r.findings) < maxFindings {
		r.findings = append(r.findings, code.Finding(r.lines.Position(at), field, message, hint))
	}
}
