package front

import (
	"encoding/json"
	"fmt"
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

func (f *Front) newKey(t testing.TB, in map[string]any) string {
	t.Helper()
	out := f.Call(region, "kms", "CreateKey", in)
	if out == nil {
		t.Fatal("no key could be made")
	}
	return out["KeyMetadata"].(map[string]any)["KeyId"].(string)
}

func (f *Front) policy(principal, action, more string) string {
	return `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + f.Account + `:root"},"Action":"kms:*","Resource":"*"},
		{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Resource":"*"` + action + `}]` + more + `}`
}

// refusals gives a case in which AWS refuses a call.
func refused(service, action, code string, in func(t testing.TB, f *Front) map[string]any) func(testing.TB, *Front) bool {
	return func(t testing.TB, f *Front) bool {
		_, got := f.through(service, action, in(t, f))
		return got == code
	}
}

func putting(policy func(f *Front) string) func(testing.TB, *Front) map[string]any {
	return func(t testing.TB, f *Front) map[string]any {
		return map[string]any{"KeyId": f.newKey(t, map[string]any{}), "PolicyName": "default", "Policy": policy(f)}
	}
}

func onDeleted(t testing.TB, f *Front) map[string]any {
	id := f.newKey(t, map[string]any{})
	f.Call(region, "kms", "ScheduleKeyDeletion", map[string]any{"KeyId": id, "PendingWindowInDays": 7})
	return map[string]any{"KeyId": id, "TargetKeyId": id, "AliasName": "alias/a", "PendingWindowInDays": 7}
}

const malformedPolicy = "MalformedPolicyDocumentException"

// cases say of each rule what AWS does, by its source.
var cases = map[string]func(testing.TB, *Front) bool{
	"an action that is denied": func(t testing.TB, f *Front) bool {
		f.Denied["kms:ListKeys"] = true
		_, code := f.through("kms", "ListKeys", map[string]any{})
		return code == "AccessDeniedException"
	},
	"a key of another account": refused("kms", "DescribeKey", "AccessDeniedException", func(testing.TB, *Front) map[string]any {
		return map[string]any{"KeyId": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
	}),
	"a policy is an object of statements": refused("kms", "PutKeyPolicy", malformedPolicy, putting(func(*Front) string { return `{"Statement":[]}` })),
	"a statement has an action and the resource *": refused("kms", "PutKeyPolicy", malformedPolicy, putting(func(f *Front) string {
		return f.policy("*", "", "")
	})),
	"a policy holds 32,768 bytes": refused("kms", "PutKeyPolicy", "LimitExceededException", putting(func(f *Front) string {
		return f.policy("*", `,"Action":"kms:Decrypt"`, strings.Repeat(" ", 32768))
	})),
	"a policy's characters": refused("kms", "PutKeyPolicy", "ValidationException", putting(func(f *Front) string {
		return f.policy("*", `,"Action":"kms:Decrypt","Sid":"Łódź"`, "")
	})),
	"a policy's name is default": refused("kms", "PutKeyPolicy", "NotFoundException", func(t testing.TB, f *Front) map[string]any {
		return map[string]any{"KeyId": f.newKey(t, map[string]any{}), "PolicyName": "other", "Policy": f.policy("*", `,"Action":"kms:Decrypt"`, "")}
	}),
	"a policy's principals exist": refused("kms", "PutKeyPolicy", malformedPolicy, putting(func(f *Front) string {
		return f.policy("arn:aws:iam::"+f.Account+":user/nobody", `,"Action":"kms:Decrypt"`, "")
	})),
	"a policy can be changed again": refused("kms", "PutKeyPolicy", malformedPolicy, putting(func(f *Front) string {
		return strings.ReplaceAll(f.policy("*", `,"Action":"kms:Decrypt"`, ""), "kms:*", "kms:Get*")
	})),
	"alias/aws/ is reserved": refused("kms", "CreateAlias", "NotAuthorizedException", func(t testing.TB, f *Front) map[string]any {
		return map[string]any{"AliasName": "alias/aws/mine", "TargetKeyId": f.newKey(t, map[string]any{})}
	}),
	"an alias's characters": refused("kms", "CreateAlias", "InvalidAliasNameException", func(t testing.TB, f *Front) map[string]any {
		return map[string]any{"AliasName": "alias/a b", "TargetKeyId": f.newKey(t, map[string]any{})}
	}),
	"alias/aws/ebs is AWS's key": func(t testing.TB, f *Front) bool {
		out, _ := f.through("kms", "DescribeKey", map[string]any{"KeyId": "alias/aws/ebs"})
		metadata, _ := out["KeyMetadata"].(map[string]any)
		return metadata["KeyManager"] == "AWS"
	},
	"what a key pending deletion refuses": func(t testing.TB, f *Front) bool {
		for _, action := range []string{"CreateAlias", "ScheduleKeyDeletion"} {
			if _, code := f.through("kms", action, onDeleted(t, f)); code != "KMSInvalidStateException" {
				return false
			}
		}
		return true
	},
	"rotation of a disabled key": refused("kms", "EnableKeyRotation", "DisabledException", func(t testing.TB, f *Front) map[string]any {
		id := f.newKey(t, map[string]any{})
		f.Call(region, "kms", "DisableKey", map[string]any{"KeyId": id})
		return map[string]any{"KeyId": id}
	}),
	"rotation of another kind of key": refused("kms", "EnableKeyRotation", "UnsupportedOperationException", func(t testing.TB, f *Front) map[string]any {
		return map[string]any{"KeyId": f.newKey(t, map[string]any{"Origin": "EXTERNAL"})}
	}),
	"rotation takes 90 to 2560 days": refused("kms", "EnableKeyRotation", "ValidationException", func(t testing.TB, f *Front) map[string]any {
		return map[string]any{"KeyId": f.newKey(t, map[string]any{}), "RotationPeriodInDays": 30}
	}),
	"a replica's rotation is the primary's": func(t testing.TB, f *Front) bool {
		id := f.newKey(t, map[string]any{"MultiRegion": true})
		f.Call(region, "kms", "ReplicateKey", map[string]any{"KeyId": id, "ReplicaRegion": "eu-west-1"})
		_, code := f.throughIn("eu-west-1", "kms", "EnableKeyRotation", map[string]any{"KeyId": id})
		return code == "UnsupportedOperationException"
	},
	"service-linked roles": func(t testing.TB, f *Front) bool {
		in := map[string]any{"AWSServiceName": "autoscaling.amazonaws.com", "CustomSuffix": "kublr"}
		out, _ := f.through("iam", "CreateServiceLinkedRole", in)
		text, _ := out["text"].(string)
		_, again := f.through("iam", "CreateServiceLinkedRole", in)
		_, nonsense := f.through("iam", "CreateServiceLinkedRole", map[string]any{"AWSServiceName": "nothing.amazonaws.com"})
		_, suffix := f.through("iam", "CreateServiceLinkedRole", map[string]any{"AWSServiceName": "spot.amazonaws.com", "CustomSuffix": "x"})
		return strings.Contains(text, "AWSServiceRoleForAutoScaling_kublr") && again == "InvalidInput" && nonsense == "InvalidInput" && suffix == "InvalidInput"
	},
	"service-linked roles are read": func(t testing.TB, f *Front) bool {
		in := map[string]any{"RoleName": "AWSServiceRoleForAutoScaling"}
		_, before := f.through("iam", "GetRole", in)
		f.through("iam", "CreateServiceLinkedRole", map[string]any{"AWSServiceName": "autoscaling.amazonaws.com"})
		_, after := f.through("iam", "GetRole", in)
		return before == "NoSuchEntity" && after == ""
	},
	"what a region does by default": func(_ testing.TB, f *Front) bool {
		first, _ := f.through("ec2", "GetEbsDefaultKmsKeyId", map[string]any{})
		f.EBSDefault = "alias/mine"
		second, _ := f.through("ec2", "GetEbsDefaultKmsKeyId", map[string]any{})
		third, _ := f.through("ec2", "GetEbsEncryptionByDefault", map[string]any{})
		said := fmt.Sprint(first, second, third)
		return strings.Contains(said, "<kmsKeyId>alias/aws/ebs<") && strings.Contains(said, "<kmsKeyId>alias/mine<") && strings.Contains(said, ">true<")
	},
	"the last use of a key": func(t testing.TB, f *Front) bool {
		used, unused := f.newKey(t, map[string]any{}), f.newKey(t, map[string]any{})
		f.Used[used] = true
		one, _ := f.through("kms", "GetKeyLastUsage", map[string]any{"KeyId": used})
		two, _ := f.through("kms", "GetKeyLastUsage", map[string]any{"KeyId": unused})
		use, _ := one["KeyLastUsage"].(map[string]any)
		none, _ := two["KeyLastUsage"].(map[string]any)
		return use["Timestamp"] != nil && none["Timestamp"] == nil && two["TrackingStartDate"] != nil
	},
	"a list comes in pages": func(t testing.TB, f *Front) bool {
		f.PageSize = 2
		for range 5 {
			f.newKey(t, map[string]any{})
		}
		seen, in := map[any]bool{}, map[string]any{}
		for pages := 1; ; pages++ {
			out, _ := f.through("kms", "ListKeys", in)
			list, _ := out["Keys"].([]any)
			for _, entry := range list {
				seen[entry.(map[string]any)["KeyId"]] = true
			}
			if out["Truncated"] != true {
				return pages == 3 && len(seen) == 5
			}
			in["Marker"] = out["NextMarker"]
		}
	},
	"statements come in any order": func(t testing.TB, f *Front) bool {
		f.Reorder = true
		id := f.newKey(t, map[string]any{"Policy": f.policy("*", `,"Action":"kms:Decrypt"`, "")})
		out, _ := f.through("kms", "GetKeyPolicy", map[string]any{"KeyId": id, "PolicyName": "default"})
		all, _ := statements(out["Policy"].(string))
		return len(all) == 2 && all[0]["Action"] == "kms:Decrypt"
	},
	"a policy is seen late": func(t testing.TB, f *Front) bool {
		f.Lag("policy", 1)
		id := f.newKey(t, map[string]any{})
		f.through("kms", "PutKeyPolicy", map[string]any{"KeyId": id, "PolicyName": "default", "Policy": f.policy("*", `,"Action":"kms:Decrypt"`, "")})
		before, _ := f.through("kms", "GetKeyPolicy", map[string]any{"KeyId": id, "PolicyName": "default"})
		after, _ := f.through("kms", "GetKeyPolicy", map[string]any{"KeyId": id, "PolicyName": "default"})
		return !strings.Contains(before["Policy"].(string), "kms:Decrypt") && strings.Contains(after["Policy"].(string), "kms:Decrypt")
	},
	"every answer has a request id": func(t testing.TB, f *Front) bool {
		request, err := http.NewRequest(http.MethodPost, f.URL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{
			"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIAUNKNOWN/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0"},
			"X-Amz-Target":  {"TrentService.ListKeys"}, "Content-Type": {"application/x-amz-json-1.1"},
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusBadRequest && answer.Header.Get("X-Amzn-Requestid") != ""
	},
	"a write is seen late": func(t testing.TB, f *Front) bool {
		f.Lag("key", 1)
		f.Lag("alias", 1)
		out, _ := f.through("kms", "CreateKey", map[string]any{})
		id := out["KeyMetadata"].(map[string]any)["KeyId"]
		_, first := f.through("kms", "DescribeKey", map[string]any{"KeyId": id})
		_, second := f.through("kms", "DescribeKey", map[string]any{"KeyId": id})
		f.through("kms", "CreateAlias", map[string]any{"AliasName": "alias/a", "TargetKeyId": id})
		_, third := f.through("kms", "DescribeKey", map[string]any{"KeyId": "alias/a"})
		_, fourth := f.through("kms", "DescribeKey", map[string]any{"KeyId": "alias/a"})
		return first == "NotFoundException" && second == "" && third == "NotFoundException" && fourth == ""
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
