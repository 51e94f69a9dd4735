// Package fn is kublr-encryption as a KRM function, for kustomize and kpt.
//
// It reads one ResourceList and writes it back with the Kublr clusters among its
// items edited in place: every byte that is not asked for stays. The intent is
// the functionConfig, as an EncryptionIntent or as a flat ConfigMap; without one,
// the EncryptionIntents among the items. Key policies are added as a ConfigMap
// when the intent's spec.policy.configMap names one.
//
// An intent with the annotation kublr-encryption.github.io/mode: verify, or a flat
// ConfigMap with mode: verify, is a validator's: nothing is changed for it, and what
// is not as intended is an error. Neither kpt nor kustomize tells a function in which
// role it runs.
//
// What was found goes into results. With an error among them nothing is changed,
// stderr says what it is, on the first line, and the exit code is 1.
//
// Source: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
package fn
