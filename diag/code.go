package diag

// A Code is one kind of finding: a row of the table that `explain`, the page of
// findings and SARIF's rules are made from.
type Code struct {
	ID       string   `json:"code"` // as Finding.Code has it; it never changes its meaning
	Severity Severity `json:"severity"`
	Title    string   `json:"title"`  // a few words, without a full stop
	Means    string   `json:"means"`  // what was found, in sentences
	Why      string   `json:"why"`    // why it matters
	Remedy   string   `json:"remedy"` // how to mend it
	Sources  []string `json:"sources"`
	// Controls are those of other tools that ask for the same.
	Controls []Control `json:"controls"`
}

// A Control is a rule of AWS Config, Security Hub, Prowler or checkov.
type Control struct {
	Tool   string `json:"tool"`
	ID     string `json:"id"`
	Source string `json:"source"`
}

// Finding gives a finding of this kind, of the row's severity.
func (c Code) Finding(at Position, field Field, message, hint string) Finding {
	return Finding{Severity: c.Severity, Code: c.ID, Position: at, Field: field, Message: message, Hint: hint}
}
