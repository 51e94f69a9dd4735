package front

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

const region = "us-east-1"

// through calls AWS through the front, as the account's root, and gives the code of a
// refusal.
func (f *Front) through(service, action string, in map[string]any) (out map[string]any, code string) {
	return f.throughIn(region, service, action, in)
}

func (f *Front) throughIn(region, service, action string, in map[string]any) (out map[string]any, code string) {
	header := http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=" + f.Account + "/20260101/" + region + "/" + service + "/aws4_request, SignedHeaders=host, Signature=0"}}
	var body string
	if target, ok := targets[service]; ok {
		header.Set("X-Amz-Target", target+"."+action)
		header.Set("Content-Type", "application/x-amz-json-1.1")
		text, _ := json.Marshal(in)
		body = string(text)
	} else {
		form := url.Values{"Action": {action}, "Version": {"2010-05-08"}}
		for name, value := range in {
			form.Set(name, value.(string))
		}
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		body = form.Encode()
	}
	request, err := http.NewRequest(http.MethodPost, f.URL, strings.NewReader(body))
	if err != nil {
		return nil, err.Error()
	}
	request.Header = header
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err.Error()
	}
	json.Unmarshal(text, &out)
	if answer.StatusCode == http.StatusOK {
		if out == nil {
			out = map[string]any{"text": string(text)}
		}
		return out, ""
	}
	if m := regexp.MustCompile(`<Code>(.*)</Code>`).FindSubmatch(text); m != nil {
		return nil, string(m[1])
	}
	code, _ = out["__type"].(string)
	return nil, code
}

// cases say of each rule what AWS does, by its source.
var cases = map[string]func(testing.TB, *Front) bool{
	"an action that is denied": func(t testing.TB, f *Front) bool {
		f.Denied["kms:ListKeys"] = true
		_, code := f.through("kms", "ListKeys", map[string]any{})
		return code == "AccessDeniedException"
	},
}

// TestRules holds that the front does of AWS what the servers behind do not, rule by
// rule, and that without the rule it does not.
func TestRules(t *testing.T) {
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			holds, ok := cases[r.name]
			if !ok || !strings.HasPrefix(r.source, "https://") {
				t.Fatal("the rule has no case, or no source")
			}
			if !holds(t, New(t)) {
				t.Error("does not hold")
			}
			without := New(t)
			without.without = r.name
			if holds(t, without) {
				t.Error("holds without the rule too")
			}
		})
	}
}

// TestFaults holds what each fault does to a call.
func TestFaults(t *testing.T) {
	t.Parallel()
	applied := map[string]bool{"500 after applied": true, "lost reply": true, "reply cut short": true}
	for _, fault := range Faults {
		f := New(t)
		f.Arm("kms:CreateKey", 2, fault)
		if _, code := f.through("kms", "CreateKey", map[string]any{}); code != "" {
			t.Errorf("%s: strikes the first call: %s", fault.Name, code)
		}
		if _, code := f.through("kms", "CreateKey", map[string]any{}); code == "" && fault.Name != "502 as HTML" {
			t.Errorf("%s: the call succeeds", fault.Name)
		}
		_, third := f.through("kms", "CreateKey", map[string]any{})
		if (third != "") != fault.forever {
			t.Errorf("%s: the third call gives %q", fault.Name, third)
		}
		want := 1
		if applied[fault.Name] {
			want++
		}
		if !fault.forever {
			want++
		}
		if got := len(f.Call(region, "kms", "ListKeys", map[string]any{})["Keys"].([]any)); got != want {
			t.Errorf("%s: %d keys were made, want %d", fault.Name, got, want)
		}
	}
}

// TestServersAreLocal holds that both servers start, on this machine's own address.
func TestServersAreLocal(t *testing.T) {
	for _, s := range []*server{ministack, moto} {
		if !strings.HasPrefix(s.address(t), "http://127.0.0.1:") {
			t.Error(s.url)
		}
	}
}
