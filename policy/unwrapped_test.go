package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestUnwrapped holds that what AWS prints around a policy is taken off, and that
// nothing beside it is lost.
func TestUnwrapped(t *testing.T) {
	quoted, err := json.Marshal(throughEC2)
	if err != nil {
		t.Fatal(err)
	}
	text := string(quoted)
	for source, want := range map[string]string{
		`{"Policy":` + text + `}`:                                        throughEC2,
		`{"PolicyName":"default","Policy":` + text + `}`:                 throughEC2,
		`{"Policy":` + text + `,"ResponseMetadata":{"RetryAttempts":0}}`: throughEC2,
		throughEC2:                                         throughEC2,
		`{"Policy":{"Statement":[]}}`:                      `{"Policy":{"Statement":[]}}`,
		`{"policy":` + text + `}`:                          `{"policy":` + text + `}`,
		`nonsense`:                                         "nonsense",
		`{"Policy":` + text + `,"Statement":[]}`:           "",
		`{"Policy":"{}","Policy":` + text + `}`:            "",
		`{"Policy":` + text + `,"Version":"2012-10-17"}`:   "",
		`{"Policy":` + text + `,"PolicyName":"a","Id":{}}`: "",
	} {
		got, findings := policy.Unwrapped([]byte(source))
		if (want == "") != (findings != nil) || want != "" && string(got) != want {
			t.Errorf("%.60s becomes %.60s, %v", source, got, findings)
		}
	}
}
