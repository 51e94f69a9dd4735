// Package policy knows KMS key policies. It takes and gives bytes and values, and
// imports nothing of ours.
package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A document is a key policy whose fields stand in the order of AWS's own
// examples.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string `json:",omitempty"`
	Effect    string
	Principal json.RawMessage
	Action    json.RawMessage
	Resource  json.RawMessage
	Condition json.RawMessage `json:",omitempty"`
}

// Format prints a key policy as people and `aws kms put-key-policy` expect it:
// Version before Statement; Sid, Effect, Principal, Action, Resource, Condition
// in each; two blanks a level; a newline at the end. A field it does not know is
// an error, never dropped.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
func Format(raw json.RawMessage) ([]byte, error) {
	var d document
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return nil, fmt.Errorf("formatting the key policy: %w", err)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return nil, fmt.Errorf("formatting the key policy: %w", err)
	}
	return out.Bytes(), nil
}
