package main

import (
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// answer answers the one question.
func (c *policyCheck) answer(doc *policy.Document, target policy.Target) error {
	r, err := policy.ParseRequest(c.request, target)
	if err != nil {
		return usage("--request %s", err)
	}
	decision := policy.Evaluate(doc, r)
	if c.output.name == "json" {
		err = report.WriteJSON(c.out, struct {
			Allowed    bool               `json:"allowed"`
			Statements []report.Statement `json:"statements"`
			Message    string             `json:"message"`
		}{decision.Allowed, report.Statements(decision.Statements), decision.String()})
	} else {
		_, err = fmt.Fprintln(c.out, diag.Safe(decision.String()))
	}
	if err == nil && !decision.Allowed {
		err = errFindings
	}
	return err
}
