package policy

import "strings"

// A Request is a call of KMS for one key, as KMS sees it.
type Request struct {
	// Caller is the ARN of a user, role, session (assumed-role or federated-user)
	// or account root, or the name of a service that calls for itself.
	Caller string
	// Role is the ARN of the role, with its path, that a session stands for.
	// Left out, the role has no path.
	Role string
	// CallerID is the unique id (AIDA…, AROA…) of the user or role, if known.
	CallerID string

	Action string // such as kms:CreateGrant

	// Key is the key's ARN. Its account decides whether a caller is of another;
	// left out, it is the caller's.
	Key string

	// Context holds the condition keys, names in any case. What is left out of
	// aws:PrincipalArn, aws:PrincipalAccount, kms:CallerAccount, aws:PrincipalType
	// and aws:username is taken from the caller, and aws:ResourceAccount from the key. A key that is not there is absent.
	//
	// Source: https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
	Context map[string][]string

	// Grants are those on the key.
	Grants []Grant
}

// A Grant lets its grantee do its operations, without regard to the key policy's
// allowing statements. A Deny still wins.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
type Grant struct {
	ID         string
	Grantee    string   // ARN of a user, role, session or account root, or a service
	Operations []string // as KMS lists them: Decrypt, CreateGrant, …

	// The encryption context that a request must have: at least these pairs, or
	// these and no others. Nil when the grant does not say.
	Subset, Equals map[string]string
}

const encryptionContext = "kms:encryptioncontext:"

func (g *Grant) allows(c *caller) bool {
	if g.Grantee != c.Caller && g.Grantee != c.arn {
		return false
	}
	for _, o := range g.Operations {
		if action, ok := strings.CutPrefix(c.Action, "kms:"); ok && strings.EqualFold(o, action) {
			return g.fits(c)
		}
	}
	return false
}

func (g *Grant) fits(c *caller) bool {
	for _, wanted := range []map[string]string{g.Subset, g.Equals} {
		for name, value := range wanted {
			key := encryptionContext + name
			got := c.values(key, strings.ToLower(key))
			if len(got) != 1 || got[0] != value {
				return false
			}
		}
	}
	if g.Equals == nil {
		return true
	}
	pairs := 0
	for key := range c.Context {
		if len(key) > len(encryptionContext) && strings.EqualFold(key[:len(encryptionContext)], encryptionContext) {
			pairs++
		}
	}
	return pairs == len(g.Equals)
}

// A caller is a request, and what its Caller says of who that is.
type caller struct {
	*Request
	arn      string // aws:PrincipalArn: a session's is its role's
	account  string // "" for a service
	resource string // the last part of arn, such as role/PATH/NAME
	isRoot   bool
	linked   string // the name of a service-linked role
	derived  [4]string
}

func newCaller(r *Request) caller {
	c := caller{Request: r, arn: r.Caller}
	rest, isARN := strings.CutPrefix(r.Caller, "arn:")
	if !isARN {
		return c
	}
	partition, rest, _ := strings.Cut(rest, ":")
	serviceName, rest, _ := strings.Cut(rest, ":")
	_, rest, _ = strings.Cut(rest, ":")
	c.account, rest, _ = strings.Cut(rest, ":")
	c.isRoot, c.resource = rest == "root", rest
	if session, ok := strings.CutPrefix(rest, "assumed-role/"); ok && serviceName == "sts" {
		if c.arn = r.Role; c.arn == "" {
			name, _, _ := strings.Cut(session, "/")
			c.arn = "arn:" + partition + ":iam::" + c.account + ":role/" + name
		}
		c.resource = resourceOf(c.arn)
	}
	c.linked = linkedRole(c.arn)
	c.derived = [4]string{c.arn, c.account, c.kind(), ""}
	if strings.HasPrefix(c.resource, "user/") {
		c.derived[3] = lastOf(c.resource)
	}
	return c
}

// resourceOf gives the last part of an ARN, in which colons may stand.
func resourceOf(arn string) string {
	for range 5 {
		_, arn, _ = strings.Cut(arn, ":")
	}
	return arn
}

// lastOf gives the name that follows a path.
func lastOf(resource string) string { return resource[strings.LastIndexByte(resource, '/')+1:] }

// kind gives aws:PrincipalType.
func (c *caller) kind() string {
	switch name, _, _ := strings.Cut(c.resource, "/"); name {
	case "federated-user":
		return "FederatedUser"
	case "role":
		return "AssumedRole"
	case "root":
		return "Account"
	}
	return "User"
}

// callerKeys are the condition keys that say who calls, in lower case, and where
// they stand among what is derived of the caller. What a caller lacks is absent:
// aws:username is of users only.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
var callerKeys = map[string]int{"aws:principalarn": 0, "aws:principalaccount": 1, "kms:calleraccount": 1, "aws:principaltype": 2, "aws:username": 3}

// values gives those of a condition key, nil when the request lacks it. folded is
// the key in lower case; a context is small, so that looking through it costs
// less than a folded copy would.
func (c *caller) values(key, folded string) []string {
	if v, ok := c.Context[key]; ok {
		return v
	}
	for k, v := range c.Context {
		if len(k) == len(folded) && strings.EqualFold(k, folded) {
			return v
		}
	}
	if folded == "aws:resourceaccount" && c.Key != "" {
		return []string{c.keyAccount()}
	}
	if i, ok := callerKeys[folded]; ok && c.account != "" && c.derived[i] != "" {
		return c.derived[i : i+1]
	}
	return nil
}

// isForeign tells a caller of another account than the key's.
func (c *caller) isForeign() bool {
	return c.account != "" && c.Key != "" && c.account != c.keyAccount()
}

func (c *caller) keyAccount() string {
	_, rest, _ := strings.Cut(c.Key, ":kms:")
	_, rest, _ = strings.Cut(rest, ":")
	account, _, _ := strings.Cut(rest, ":")
	return account
}
