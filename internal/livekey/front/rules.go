package front

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A rule is something that AWS does and the servers behind do not.
type rule struct {
	name    string
	source  string
	actions []string // none: all
	// before gives the answer, or nil to ask on.
	before func(*Front, Call) *reply
	// after changes the server's answer. The front is locked.
	after func(*Front, Call, *reply)
}

func (r rule) covers(c Call) bool {
	return r.actions == nil || slices.Contains(r.actions, c.Service+":"+c.Action)
}

const (
	api = "https://docs.aws.amazon.com/kms/latest/APIReference/API_"
	dev = "https://docs.aws.amazon.com/kms/latest/developerguide/"
)

// writesPolicy are the actions that set a key policy.
var writesPolicy = []string{"kms:CreateKey", "kms:PutKeyPolicy", "kms:ReplicateKey"}

var rules []rule

func init() {
	rules = []rule{
		{"an action that is denied", dev + "policy-evaluation.html", nil, denied, nil},
		{"a key of another account", dev + "key-policy-modifying-external-accounts.html", nil, anotherAccount, nil},

		{"a policy is an object of statements", api + "PutKeyPolicy.html", writesPolicy, policyShape, nil},
		{"a statement has an action and the resource *", dev + "key-policy-overview.html", writesPolicy, policyStatements, nil},
		{"a policy holds 32,768 bytes", dev + "resource-limits.html", writesPolicy, policySize, nil},
		{"a policy's characters", api + "PutKeyPolicy.html", writesPolicy, policyCharset, nil},
		{"a policy's name is default", api + "PutKeyPolicy.html", []string{"kms:PutKeyPolicy", "kms:GetKeyPolicy"}, policyName, nil},
		{"a policy's principals exist", dev + "key-policy-overview.html", writesPolicy, policyPrincipals, nil},
		{"a policy can be changed again", dev + "key-policy-default.html", writesPolicy, policyLockout, nil},

		{"alias/aws/ is reserved", api + "CreateAlias.html", []string{"kms:CreateAlias"}, aliasReserved, nil},
		{"an alias's characters", api + "CreateAlias.html", []string{"kms:CreateAlias"}, aliasCharset, nil},
		{"alias/aws/ebs is AWS's key", dev + "concepts.html", []string{"kms:DescribeKey"}, managedKey, nil},

		{"what a key pending deletion refuses", dev + "key-state.html", []string{"kms:CreateAlias", "kms:TagResource", "kms:UntagResource", "kms:CreateGrant",
			"kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:UpdateKeyDescription", "kms:EnableKey", "kms:ScheduleKeyDeletion", "kms:ReplicateKey"}, pendingDeletion, nil},
		{"rotation of a disabled key", dev + "key-state.html", []string{"kms:EnableKeyRotation"}, rotationDisabled, nil},
		{"rotation of another kind of key", api + "EnableKeyRotation.html", []string{"kms:EnableKeyRotation"}, rotationKind, nil},
		{"rotation takes 90 to 2560 days", api + "EnableKeyRotation.html", []string{"kms:EnableKeyRotation"}, rotationDays, nil},
		{"a replica's rotation is the primary's", dev + "rotate-keys.html", []string{"kms:EnableKeyRotation"}, rotationReplica, nil},

		{"service-linked roles", "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html", []string{"iam:CreateServiceLinkedRole"}, createServiceLinkedRole, nil},
		{"service-linked roles are read", "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html", []string{"iam:GetRole"}, getServiceLinkedRole, nil},

		{"what a region does by default", "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsDefaultKmsKeyId.html", []string{"ec2:GetEbsDefaultKmsKeyId", "ec2:GetEbsEncryptionByDefault"}, ebsDefault, nil},

		{"the last use of a key", api + "GetKeyLastUsage.html", []string{"kms:GetKeyLastUsage"}, lastUsage, nil},

		{"a list comes in pages", api + "ListKeys.html", []string{"kms:ListKeys", "kms:ListResourceTags", "kms:ListAliases", "tagging:GetResources"}, pages, nil},
		{"statements come in any order", "https://github.com/hashicorp/terraform-provider-aws/issues/11801", []string{"kms:GetKeyPolicy"}, nil, reorder},
		{"a policy is seen late", dev + "programming-eventual-consistency.html", []string{"kms:PutKeyPolicy"}, policyLate, nil},
		{"every answer has a request id", "https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html", nil, nil, requestID},
		{"a write is seen late", dev + "programming-eventual-consistency.html", nil, nil, late},
	}
}

func denied(f *Front, c Call) *reply {
	if !f.Denied[c.Service+":"+c.Action] {
		return nil
	}
	if c.Service == "ec2" {
		return refuseWith(c, 403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
	}
	if _, json11 := targets[c.Service]; json11 {
		return refuse(c, "AccessDeniedException", "User: arn:aws:iam::"+f.Account+":root is not authorized to perform: "+c.Service+":"+c.Action)
	}
	return refuseWith(c, 403, "AccessDenied", "User: arn:aws:iam::"+f.Account+":root is not authorized to perform: "+c.Service+":"+c.Action)
}

var keyARN = regexp.MustCompile(`^arn:[a-z-]+:kms:([a-z0-9-]+):(\d{12}):`)

func anotherAccount(f *Front, c Call) *reply {
	if m := keyARN.FindStringSubmatch(c.text("KeyId")); c.Service == "kms" && m != nil && m[2] != f.Account {
		return refuse(c, "AccessDeniedException", "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.")
	}
	return nil
}

// statements gives a policy's statements, or ok false for what is no policy.
func statements(text string) (all []map[string]any, ok bool) {
	var policy map[string]any
	if json.Unmarshal([]byte(text), &policy) != nil {
		return nil, false
	}
	list, isList := policy["Statement"].([]any)
	if one, isOne := policy["Statement"].(map[string]any); isOne {
		list, isList = []any{one}, true
	}
	for _, item := range list {
		s, isMap := item.(map[string]any)
		if !isMap {
			return nil, false
		}
		all = append(all, s)
	}
	return all, isList && len(all) > 0
}

// texts gives one text or a list of them as a list.
func texts(value any) []string {
	if one, ok := value.(string); ok {
		return []string{one}
	}
	var all []string
	if list, ok := value.([]any); ok {
		for _, item := range list {
			all = append(all, fmt.Sprint(item))
		}
	}
	return all
}

func principals(s map[string]any) []string {
	if all, ok := s["Principal"].(map[string]any); ok {
		return texts(all["AWS"])
	}
	return texts(s["Principal"])
}

// malformed is how KMS refuses a policy.
func malformed(c Call, message string) *reply {
	return refuse(c, "MalformedPolicyDocumentException", message)
}

func policyShape(_ *Front, c Call) *reply {
	if text := c.text("Policy"); text != "" {
		if _, ok := statements(text); !ok {
			return malformed(c, "Policy document is malformed")
		}
	}
	return nil
}

func policyStatements(_ *Front, c Call) *reply {
	all, _ := statements(c.text("Policy"))
	for _, s := range all {
		if s["Action"] == nil && s["NotAction"] == nil || !slices.Equal(texts(s["Resource"]), []string{"*"}) {
			return malformed(c, "The new key policy has a statement without Action, or whose Resource is not *")
		}
	}
	return nil
}

func policySize(_ *Front, c Call) *reply {
	if len(c.text("Policy")) > 32768 {
		return refuse(c, "LimitExceededException", "The policy is over 32768 bytes")
	}
	return nil
}

func policyCharset(_ *Front, c Call) *reply {
	for _, r := range c.text("Policy") {
		if r > 0xff || r < 0x20 && !strings.ContainsRune("\t\n\r", r) {
			return refuse(c, "ValidationException", "1 validation error detected: Value at 'policy' failed to satisfy constraint")
		}
	}
	return nil
}

func policyName(_ *Front, c Call) *reply {
	if name := c.text("PolicyName"); name != "" && name != "default" {
		return refuse(c, "NotFoundException", "No such policy exists")
	}
	return nil
}

var entityARN = regexp.MustCompile(`^arn:[a-z-]+:iam::(\d{12}):(user|role)/(?:.*/)?([^/]+)$`)

func policyPrincipals(f *Front, c Call) *reply {
	all, _ := statements(c.text("Policy"))
	for _, s := range all {
		for _, p := range principals(s) {
			if !f.exists(p) {
				return malformed(c, "Policy contains a statement with one or more invalid principals.")
			}
		}
	}
	return nil
}

// exists tells whether a principal is one that KMS takes.
func (f *Front) exists(principal string) bool {
	if principal == "*" || strings.HasSuffix(principal, ":root") || regexp.MustCompile(`^\d{12}$`).MatchString(principal) {
		return true
	}
	m := entityARN.FindStringSubmatch(principal)
	if m == nil {
		return false
	}
	if m[1] != f.Account {
		return true
	}
	if m[2] == "user" {
		_, ok := f.ask("us-east-1", "iam", "GetUser", map[string]any{"UserName": m[3]})
		return ok
	}
	f.mu.Lock()
	linked, hidden := f.roles[m[3]], f.hides("role", m[3])
	f.mu.Unlock()
	if linked {
		return !hidden
	}
	_, ok := f.ask("us-east-1", "iam", "GetRole", map[string]any{"RoleName": m[3]})
	return ok
}

// policyLockout wants a statement without conditions that lets the account, the
// caller or everyone set the policy. It is apart from package policy on purpose.
func policyLockout(f *Front, c Call) *reply {
	all, ok := statements(c.text("Policy"))
	if !ok {
		return nil
	}
	for _, s := range all {
		if s["Effect"] != "Allow" || s["Condition"] != nil {
			continue
		}
		named := slices.ContainsFunc(principals(s), func(p string) bool {
			return p == "*" || p == f.Account || strings.HasSuffix(p, ":"+f.Account+":root")
		})
		if named && slices.ContainsFunc(texts(s["Action"]), func(a string) bool {
			return a == "*" || a == "kms:*" || a == "kms:Put*" || a == "kms:PutKeyPolicy"
		}) {
			return nil
		}
	}
	return malformed(c, "The new key policy will not allow you to update the key policy in the future.")
}

func aliasReserved(_ *Front, c Call) *reply {
	if strings.HasPrefix(c.text("AliasName"), "alias/aws/") {
		return refuse(c, "NotAuthorizedException", "Alias must not begin with alias/aws/")
	}
	return nil
}

func aliasCharset(_ *Front, c Call) *reply {
	if !regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]+$`).MatchString(c.text("AliasName")) || len(c.text("AliasName")) > 256 {
		return refuse(c, "InvalidAliasNameException", "Alias name is not valid")
	}
	return nil
}

func managedKey(f *Front, c Call) *reply {
	if c.text("KeyId") != "alias/aws/ebs" {
		return nil
	}
	id := "0f0f0f0f-0000-0000-0000-" + f.Account
	return jsonReply(200, map[string]any{"KeyMetadata": map[string]any{
		"AWSAccountId": f.Account, "KeyId": id, "Arn": "arn:aws:kms:" + c.Region + ":" + f.Account + ":key/" + id, "CreationDate": 1700000000,
		"Enabled": true, "KeyState": "Enabled", "KeyManager": "AWS", "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS",
		"MultiRegion": false, "Description": "Default key that protects my EBS volumes when no other key is defined",
	}})
}

// key gives the metadata of the key that a call is about.
func (f *Front) key(c Call) map[string]any {
	id := c.text("KeyId")
	if id == "" {
		id = c.text("TargetKeyId")
	}
	out, _ := f.ask(c.Region, "kms", "DescribeKey", map[string]any{"KeyId": id})
	metadata, _ := out["KeyMetadata"].(map[string]any)
	return metadata
}

func pendingDeletion(f *Front, c Call) *reply {
	if key := f.key(c); key["KeyState"] == "PendingDeletion" || key["KeyState"] == "PendingReplicaDeletion" {
		return refuse(c, "KMSInvalidStateException", fmt.Sprint(key["Arn"], " is pending deletion."))
	}
	return nil
}

func rotationDisabled(f *Front, c Call) *reply {
	if key := f.key(c); key["KeyState"] == "Disabled" {
		return refuse(c, "DisabledException", fmt.Sprint(key["Arn"], " is disabled."))
	}
	return nil
}

func rotationKind(f *Front, c Call) *reply {
	if key := f.key(c); key["KeySpec"] != nil && (key["KeySpec"] != "SYMMETRIC_DEFAULT" || key["Origin"] != "AWS_KMS") {
		return refuse(c, "UnsupportedOperationException", "")
	}
	return nil
}

func rotationDays(_ *Front, c Call) *reply {
	if days, ok := c.Body["RotationPeriodInDays"].(float64); ok && (days < 90 || days > 2560) {
		return refuse(c, "ValidationException", "RotationPeriodInDays must be between 90 and 2560")
	}
	return nil
}

func rotationReplica(f *Front, c Call) *reply {
	configuration, _ := f.key(c)["MultiRegionConfiguration"].(map[string]any)
	if configuration["MultiRegionKeyType"] == "REPLICA" {
		return refuse(c, "UnsupportedOperationException", "The key is a replica")
	}
	return nil
}

// linked are the services that have service-linked roles, with the role's name, and
// whether it takes a suffix.
var linked = map[string]struct {
	role   string
	suffix bool
}{
	"autoscaling.amazonaws.com": {"AWSServiceRoleForAutoScaling", true},
	"spot.amazonaws.com":        {"AWSServiceRoleForEC2Spot", false},
	"ec2fleet.amazonaws.com":    {"AWSServiceRoleForEC2Fleet", false},
	"mrk.kms.amazonaws.com":     {"AWSServiceRoleForKMSMultiRegionKeys", false},
}

func (f *Front) roleReply(action, service, name string) *reply {
	return &reply{200, http.Header{"Content-Type": {"text/xml"}}, fmt.Appendf(nil,
		`<%[1]sResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><%[1]sResult><Role><Path>/aws-service-role/%[2]s/</Path><RoleName>%[3]s</RoleName><RoleId>AROA%[4]s</RoleId>`+
			`<Arn>arn:aws:iam::%[5]s:role/aws-service-role/%[2]s/%[3]s</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></%[1]sResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></%[1]sResponse>`,
		action, service, name, "EXAMPLE"+f.Account[3:], f.Account)}
}

func createServiceLinkedRole(f *Front, c Call) *reply {
	service, ok := linked[c.text("AWSServiceName")]
	suffix := c.text("CustomSuffix")
	if !ok || suffix != "" && !service.suffix {
		return refuse(c, "InvalidInput", "Invalid service name or suffix")
	}
	name := service.role
	if suffix != "" {
		name += "_" + suffix
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.roles[name] {
		return refuse(c, "InvalidInput", "Service role name "+name+" has been taken in this account, please try a different suffix.")
	}
	f.roles[name] = true
	f.delay("role", name, "")
	return f.roleReply("CreateServiceLinkedRole", c.text("AWSServiceName"), name)
}

func getServiceLinkedRole(f *Front, c Call) *reply {
	name := c.text("RoleName")
	for service, l := range linked {
		if name != l.role && !strings.HasPrefix(name, l.role+"_") {
			continue
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if !f.roles[name] || f.hides("role", name) {
			return refuseWith(c, 404, "NoSuchEntity", "The role with name "+name+" cannot be found.")
		}
		return f.roleReply("GetRole", service, name)
	}
	return nil
}

// ebsDefault gives the key of EBSDefault, and without one that of AWS.
func ebsDefault(f *Front, c Call) *reply {
	field := fmt.Sprintf("<ebsEncryptionByDefault>%t</ebsEncryptionByDefault>", f.EBSDefault != "")
	if c.Action == "GetEbsDefaultKmsKeyId" {
		key := f.EBSDefault
		if key == "" {
			key = "alias/aws/ebs"
		}
		field = "<kmsKeyId>" + key + "</kmsKeyId>"
	}
	return &reply{200, http.Header{"Content-Type": {"text/xml"}, "X-Amzn-Requestid": {"11111111-2222-3333-4444-555555555555"}}, fmt.Appendf(nil,
		`<%[1]sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>%[2]s</%[1]sResponse>`, c.Action, field)}
}

func lastUsage(f *Front, c Call) *reply {
	key := f.key(c)
	if key == nil {
		return refuse(c, "NotFoundException", "Key not found")
	}
	created, _ := key["CreationDate"].(float64)
	use := map[string]any{}
	if f.Used[fmt.Sprint(key["KeyId"])] {
		use = map[string]any{"Operation": "Decrypt", "Timestamp": created + 60}
	}
	return jsonReply(200, map[string]any{"KeyId": key["KeyId"], "KeyCreationDate": created, "TrackingStartDate": created, "KeyLastUsage": use})
}

// lists say where a list stands in an answer, and how a page is asked for.
var lists = map[string]struct{ list, limit, token, next string }{
	"ListKeys":         {"Keys", "Limit", "Marker", "NextMarker"},
	"ListResourceTags": {"Tags", "Limit", "Marker", "NextMarker"},
	"ListAliases":      {"Aliases", "Limit", "Marker", "NextMarker"},
	"GetResources":     {"ResourceTagMappingList", "ResourcesPerPage", "PaginationToken", "PaginationToken"},
}

func pages(f *Front, c Call) *reply {
	size := f.PageSize
	l := lists[c.Action]
	if asked, ok := c.Body[l.limit].(float64); ok && (size == 0 || int(asked) < size) {
		size = int(asked)
	}
	if size == 0 {
		return nil
	}
	in := map[string]any{}
	for name, value := range c.Body {
		if name != l.limit && name != l.token {
			in[name] = value
		}
	}
	out, ok := f.ask(c.Region, c.Service, c.Action, in)
	if !ok {
		return nil // the server refuses it itself
	}
	all, _ := out[l.list].([]any)
	from, _ := strconv.Atoi(strings.TrimPrefix(c.text(l.token), "page-"))
	to := min(from+size, len(all))
	out[l.list] = append([]any{}, all[min(from, to):to]...)
	delete(out, l.next)
	if l.next == "NextMarker" {
		out["Truncated"] = to < len(all)
	}
	if to < len(all) {
		out[l.next] = "page-" + strconv.Itoa(to)
	}
	answer := jsonReply(200, out)
	f.mu.Lock()
	defer f.mu.Unlock()
	late(f, c, answer)
	return answer
}

func reorder(f *Front, _ Call, a *reply) {
	var out map[string]any
	if !f.Reorder || json.Unmarshal(a.body, &out) != nil {
		return
	}
	text, _ := out["Policy"].(string)
	var policy map[string]any
	if json.Unmarshal([]byte(text), &policy) != nil {
		return
	}
	if list, ok := policy["Statement"].([]any); ok {
		slices.Reverse(list)
	}
	turned, _ := json.Marshal(policy)
	out["Policy"] = string(turned)
	a.body, _ = json.Marshal(out)
}

func requestID(_ *Front, c Call, a *reply) {
	a.header.Set("X-Amzn-Requestid", "11111111-2222-3333-4444-555555555555")
	if c.Service == "kms" && a.status == http.StatusForbidden {
		a.status = http.StatusBadRequest // as KMS refuses whom it knows
	}
}

// A lag keeps what was written from being read, for some reads.
type lag struct {
	what string // key, alias, tag, policy or role
	name string
	old  string // what is read instead, of a policy
	left int
}

// Lag lets what is written from now on be seen only after some reads of it: a key,
// an alias, a tag, a policy or a role.
func (f *Front) Lag(what string, reads int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lags = append(f.lags, &lag{what: what, left: reads})
}

// delay hides one thing, if such things are seen late.
func (f *Front) delay(what, name, old string) {
	for _, l := range f.lags {
		if l.name == "" && l.what == what {
			f.lags = append(f.lags, &lag{what: what, name: name, old: old, left: l.left})
			return
		}
	}
}

// hides tells whether this read does not see a thing.
func (f *Front) hides(what, name string) bool {
	l := f.lagOf(what, name)
	if l == nil {
		return false
	}
	l.left--
	f.hidden++
	return true
}

// Hidden counts the reads that did not see what was there.
func (f *Front) Hidden() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hidden
}

func (f *Front) lagOf(what, name string) *lag {
	for _, l := range f.lags {
		if l.what == what && l.name == name && name != "" && l.left > 0 {
			return l
		}
	}
	return nil
}

// policyLate remembers the policy that is still read for a while.
func policyLate(f *Front, c Call) *reply {
	if out, ok := f.ask(c.Region, "kms", "GetKeyPolicy", map[string]any{"KeyId": c.text("KeyId"), "PolicyName": "default"}); ok {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.delay("policy", bareID(c.text("KeyId")), fmt.Sprint(out["Policy"]))
	}
	return nil
}

// bareID gives the id of a key that is named by its id or ARN.
func bareID(name string) string { return name[strings.LastIndex(name, "/")+1:] }

// late hides what was just written, and remembers what is.
func late(f *Front, c Call, a *reply) {
	if len(f.lags) == 0 || a.status != 200 || c.Service != "kms" && c.Service != "tagging" {
		return
	}
	var out map[string]any
	json.Unmarshal(a.body, &out)
	id := bareID(c.text("KeyId"))
	switch c.Action {
	case "CreateKey":
		metadata, _ := out["KeyMetadata"].(map[string]any)
		made := fmt.Sprint(metadata["KeyId"])
		f.delay("key", made, "")
		f.delay("tag", made, "")
	case "CreateAlias":
		f.delay("alias", c.Region+c.text("AliasName"), "")
	case "DescribeKey", "GetKeyPolicy", "ListResourceTags", "GetKeyRotationStatus":
		if strings.HasPrefix(c.text("KeyId"), "alias/") {
			if f.hides("alias", c.Region+c.text("KeyId")) {
				*a = *refuse(c, "NotFoundException", "Alias is not found.")
			}
		} else if f.hides("key", id) {
			*a = *refuse(c, "NotFoundException", "Key is not found.")
		}
		if l := f.lagOf("policy", id); c.Action == "GetKeyPolicy" && l != nil {
			l.left--
			f.hidden++
			*a = *jsonReply(200, map[string]any{"Policy": l.old, "PolicyName": "default"})
		}
	case "ListKeys", "GetResources":
		l := lists[c.Action]
		all, _ := out[l.list].([]any)
		out[l.list] = slices.DeleteFunc(append([]any{}, all...), func(item any) bool {
			entry, _ := item.(map[string]any)
			id := fmt.Sprint(entry["KeyId"])
			if arn, ok := entry["ResourceARN"].(string); ok {
				id = bareID(arn)
			}
			return f.hides("key", id) || c.Action == "GetResources" && f.hides("tag", id)
		})
		a.body, _ = json.Marshal(out)
	}
}

// Call does a call as the account's root, past faults, records and rules: for what a
// person does meanwhile, and to see what is there. It gives nil when AWS refuses.
func (f *Front) Call(region, service, action string, in map[string]any) map[string]any {
	out, ok := f.ask(region, service, action, in)
	if !ok {
		return nil
	}
	if out == nil {
		out = map[string]any{}
	}
	return out
}

// AccessKey makes an access key for a user of the account.
func (f *Front) AccessKey(user string) (id, secret string) {
	header := http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=" + f.Account + "/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"}, "Content-Type": {"application/x-www-form-urlencoded"}}
	answer := forward(f.backend, http.MethodPost, "/", "", header, []byte("Action=CreateAccessKey&Version=2010-05-08&UserName="+user))
	field := func(name string) string {
		m := regexp.MustCompile("<" + name + ">(.*?)</" + name + ">").FindSubmatch(answer.body)
		if m == nil {
			return ""
		}
		return string(m[1])
	}
	return field("AccessKeyId"), field("SecretAccessKey")
}
