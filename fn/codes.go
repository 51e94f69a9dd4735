package fn

import "github.com/kublr-encryption/kublr-encryption/diag"

// Codes are what the function gives beside the plan.
var Codes = []diag.Code{functionConfig, policyConfigMap}

var (
	functionConfig = diag.Code{
		ID: "function-config", Severity: diag.Error, Title: "The functionConfig cannot be read",
		Means:   "It is neither an intent nor a flat ConfigMap that stands for one.",
		Why:     "The function has nothing to go by, so nothing is changed.",
		Remedy:  "Give an EncryptionIntent, or a ConfigMap with its fields as data.",
		Sources: []string{"https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md"},
	}
	policyConfigMap = diag.Code{
		ID: "policy-config-map", Severity: diag.Error, Title: "The ConfigMap for the key policies cannot be written",
		Means:  "spec.policy.configMap names a ConfigMap that cannot hold the policies.",
		Why:    "Whoever takes the policies from it would have old ones, or none.",
		Remedy: "Mend the ConfigMap that the message names, or name another.",
	}
)
