// Package livekey makes the KMS keys that an intent names: it reads what is there,
// plans what differs, and does it in an order that nothing can spoil.
//
// A [Slot] is one key to be. [Account.Read] gives its [State], [NewPlan] what to do,
// without a network, and [Account.Apply] does exactly that. One alias is the lock and
// tags are the memory: docs/live-key.md has the protocol, package model checks it, and
// its steps are functions here by the same names.
//
// Key policies are the business of package policy.
package livekey
