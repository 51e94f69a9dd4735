package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// writeAccesses writes who may do what as a table.
func writeAccesses(w report.Stream, rows []policy.Access) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHO\tMAY\tHOW\tWHERE\tBY")
	for _, r := range rows {
		how := strings.Join(r.How, ", ")
		if r.Denied {
			how = "never"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", diag.Safe(r.Who), strings.Join(r.What, ", "), how, diag.Safe(r.Where), diag.Safe(report.Deciding(r.Statements)))
	}
	return table.Flush()
}

// writeAccessJSON writes them as data.
func writeAccessJSON(w report.Stream, rows []policy.Access) error {
	type row struct {
		Denied     bool               `json:"denied"`
		Who        string             `json:"who"`
		What       []string           `json:"what"`
		How        []string           `json:"how"`
		Where      string             `json:"where,omitempty"`
		Statements []report.Statement `json:"statements"`
	}
	all := []row{}
	for _, r := range rows {
		all = append(all, row{r.Denied, r.Who, r.What, append([]string{}, r.How...), r.Where, report.Statements(r.Statements)})
	}
	return report.WriteJSON(w, all)
}
