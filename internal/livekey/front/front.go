// Package front stands for AWS in tests: one address before two servers, MiniStack
// for keys, roles, sessions and tags, and moto for the rest. It is for tests alone.
//
// It records each call, refuses what AWS refuses and the servers take, answers what
// they do not have ([rules]), and injects faults. Each [Front] has an account of its
// own, so tests can run side by side.
package front

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A Call is one request as it came.
type Call struct {
	Service string // as in a signature's scope: kms, iam, sts, tagging, ec2, autoscaling
	Action  string
	Region  string
	Writes  bool
	Body    map[string]any // of services that speak JSON

	caller  string // access key id
	form    url.Values
	account string
}

// String gives the call as goldens have it: us-east-1 kms:CreateKey.
func (c Call) String() string { return c.Region + " " + c.Service + ":" + c.Action }

// text gives a field of the body or the form, or nothing.
func (c Call) text(name string) string {
	if text, ok := c.Body[name].(string); ok {
		return text
	}
	return c.form.Get(name)
}

// A Front is one account of AWS.
type Front struct {
	URL     string
	Account string

	// PageSize is how much a page of a list holds; 0 means as much as is asked for.
	PageSize int
	// Used holds the ids of keys that have been used.
	Used map[string]bool
	// Denied holds actions that nobody may do, as kms:CreateKey.
	Denied map[string]bool
	// Reorder answers key policies with their statements the other way round.
	Reorder bool
	// EBSDefault is the key of volumes that name none, where all are encrypted; empty
	// where they are not.
	EBSDefault string

	backend string
	moto    func() string
	mu      sync.Mutex
	calls   []Call
	faults  []*armed
	roles   map[string]bool // service-linked roles, by name
	lags    []*lag
	hidden  int
	without string // the rule that a test leaves out
}

var accounts atomic.Int64

// New gives an account with nothing in it, and stops it after the test. It skips the
// test where the servers are not installed.
func New(t testing.TB) *Front {
	t.Helper()
	f := &Front{
		Account: fmt.Sprintf("%012d", 200000000000+accounts.Add(1)),
		backend: ministack.address(t),
		moto:    func() string { return moto.address(t) },
		Used:    map[string]bool{}, Denied: map[string]bool{}, roles: map[string]bool{},
	}
	server := httptest.NewUnstartedServer(f)
	server.Config.ErrorLog = nil
	server.Start()
	f.URL = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return f
}

// Environ gives what the SDK needs to reach the front as the account's root.
func (f *Front) Environ() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + f.URL, "AWS_ACCESS_KEY_ID=" + f.Account, "AWS_SECRET_ACCESS_KEY=test",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent",
	}
}

// Calls gives what was called since the last time, in order.
func (f *Front) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

var scope = regexp.MustCompile(`Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request`)

// reads begin the names of actions that change nothing.
var reads = []string{"Get", "Describe", "List", "Simulate", "AssumeRole"}

func (f *Front) parse(r *http.Request, body []byte) Call {
	c := Call{account: f.Account}
	if m := scope.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		c.caller, c.Region, c.Service = m[1], m[2], m[3]
	}
	if _, action, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		c.Action = action
		json.Unmarshal(body, &c.Body)
	} else if form, err := url.ParseQuery(string(body)); err == nil {
		c.form = form
		c.Action = form.Get("Action")
	}
	c.Writes = !slices.ContainsFunc(reads, func(verb string) bool { return strings.HasPrefix(c.Action, verb) })
	return c
}

// A reply is an answer of AWS.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	call := f.parse(r, body)
	f.mu.Lock()
	f.calls = append(f.calls, call)
	fault := f.strikes(call)
	f.mu.Unlock()

	if fault != nil && fault.before != nil && !fault.before(f, call, w) {
		return
	}
	answer := f.answer(r, call, body)
	if fault != nil && fault.after != nil && !fault.after(answer, w) {
		return
	}
	answer.write(w)
}

func (a *reply) write(w http.ResponseWriter) {
	for name, values := range a.header {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(a.status)
	w.Write(a.body)
}

// answer gives what AWS answers: by the first rule that has an answer, and else by
// the server behind.
func (f *Front) answer(r *http.Request, call Call, body []byte) *reply {
	for _, rule := range rules {
		if rule.before != nil && rule.covers(call) && rule.name != f.without {
			if answer := rule.before(f, call); answer != nil {
				return answer
			}
		}
	}
	backend := f.backend
	if call.Service == "ec2" || call.Service == "autoscaling" {
		backend = f.moto()
	}
	answer := forward(backend, r.Method, r.URL.RequestURI(), r.Host, r.Header, body)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, rule := range rules {
		if rule.after != nil && rule.covers(call) && rule.name != f.without {
			rule.after(f, call, answer)
		}
	}
	return answer
}

var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

func forward(backend, method, uri, host string, header http.Header, body []byte) *reply {
	fail := func(err error) *reply {
		return &reply{status: http.StatusBadGateway, header: http.Header{}, body: []byte(err.Error())}
	}
	request, err := http.NewRequest(method, backend+uri, bytes.NewReader(body))
	if err != nil {
		return fail(err)
	}
	request.Header, request.Host = header.Clone(), host
	answer, err := client.Do(request)
	if err != nil {
		return fail(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return fail(err)
	}
	return &reply{answer.StatusCode, answer.Header, content}
}

// ask calls the server behind as the account's root, for a rule that needs to know
// what is there. ok is false when AWS refuses.
func (f *Front) ask(region, service, action string, in map[string]any) (out map[string]any, ok bool) {
	header := http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=" + f.Account + "/20260101/" + region + "/" + service + "/aws4_request, SignedHeaders=host, Signature=0"}}
	var body []byte
	if target, json11 := targets[service]; json11 {
		header.Set("X-Amz-Target", target+"."+action)
		header.Set("Content-Type", "application/x-amz-json-1.1")
		body, _ = json.Marshal(in)
	} else {
		form := url.Values{"Action": {action}, "Version": {"2010-05-08"}}
		for name, value := range in {
			form.Set(name, fmt.Sprint(value))
		}
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		body = []byte(form.Encode())
	}
	answer := forward(f.backend, http.MethodPost, "/", "", header, body)
	json.Unmarshal(answer.body, &out)
	return out, answer.status == http.StatusOK
}

// targets are the services that speak JSON.
var targets = map[string]string{"kms": "TrentService", "tagging": "ResourceGroupsTaggingAPI_20170126"}

// jsonReply gives an answer of a service that speaks JSON.
func jsonReply(status int, body any) *reply {
	text, _ := json.Marshal(body)
	return &reply{status, http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {"11111111-2222-3333-4444-555555555555"}}, text}
}

// refuse gives a refusal in the form of the call's service.
func refuse(c Call, code, message string) *reply { return refuseWith(c, 400, code, message) }

func refuseWith(c Call, status int, code, message string) *reply {
	if _, json11 := targets[c.Service]; json11 {
		return jsonReply(status, map[string]string{"__type": code, "message": message})
	}
	var escaped bytes.Buffer
	for _, r := range message {
		if strings.ContainsRune("<>&", r) {
			fmt.Fprintf(&escaped, "&#%d;", r)
		} else {
			escaped.WriteRune(r)
		}
	}
	if c.Service == "ec2" {
		return &reply{status, http.Header{"Content-Type": {"text/xml"}, "X-Amzn-Requestid": {"11111111-2222-3333-4444-555555555555"}}, fmt.Appendf(nil,
			`<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>r</RequestID></Response>`, code, escaped.String())}
	}
	return &reply{status, http.Header{"Content-Type": {"text/xml"}, "X-Amzn-Requestid": {"11111111-2222-3333-4444-555555555555"}}, fmt.Appendf(nil,
		`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>11111111-2222-3333-4444-555555555555</RequestId></ErrorResponse>`,
		code, escaped.String())}
}
