package fn

import "github.com/kublr-encryption/kublr-encryption/diag"

// Codes are what the function gives beside the plan.
var Codes = []diag.Code{functionConfig, policyConfigMap, valuesSet, volumesCompared, clusterSkipped}

var (
	functionConfig = diag.Code{
		ID: "function-config", Severity: diag.Error, Title: "The functionConfig cannot be read",
		Means:   "It is neither an intent nor a flat ConfigMap that stands for one.",
		Why:     "The function has nothing to go by, so nothing is changed.",
		Remedy:  "Give an EncryptionIntent, or a ConfigMap with its fields as data.",
		Sources: []string{"https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md"},
	}
	policyConfigMap = diag.Code{
		ID: "policy-config-map", Severity: diag.Error, Title: "The ConfigMap for the key policies is not as it must be",
		Means:  "spec.policy.configMap names a ConfigMap that cannot hold the policies, or which a validator finds without them.",
		Why:    "Whoever takes the policies from it would have old ones, or none.",
		Remedy: "Mend the ConfigMap that the message names, or name another.",
	}
	valuesSet = diag.Code{
		ID: "values-set", Severity: diag.Info, Title: "What the function has set",
		Means:   "How many values the function has set, and in how many clusters.",
		Why:     "kpt drops what a validator sets, and neither kpt nor kustomize tells a function that it is one: it would pass whatever is there.",
		Remedy:  "Nothing, where it is to set values. For a validator give the intent the annotation kublr-encryption.github.io/mode: verify, or a flat ConfigMap mode: verify.",
		Sources: []string{"https://kpt.dev/book/04-using-functions/"},
	}
	volumesCompared = diag.Code{
		ID: "volumes-compared", Severity: diag.Info, Title: "What the function has compared",
		Means:  "How many volumes a validator has compared with the intent, and in how many clusters.",
		Why:    "A validator that has looked at less than was meant passes all the same.",
		Remedy: "See that the figures are what they should be.",
	}
	clusterSkipped = diag.Code{
		ID: "cluster-skipped", Severity: diag.Info, Title: "A Kublr cluster that is left alone",
		Means:  "No intent is about the cluster, or none of its locations is in AWS, or it is a patch of one.",
		Why:    "Its volumes were neither set nor compared.",
		Remedy: "Nothing, if that is meant. Else see spec.clusters of the intent.",
	}
)
