// Package generator is the core of kublr-encryption: it expands intents into a
// [Plan] and holds Kublr cluster specs against it.
//
// An intent is read with [ReadIntents] (or [IntentOf], from a node of a larger
// document) and expanded by [NewPlan], which evaluates the jsonnet library once.
// The plan then works on documents, one at a time and from many goroutines:
//
//	intents, findings := generator.ReadIntents("intent.yaml", src)
//	plan, findings := generator.NewPlan(intents)
//	result := plan.Edit("prod.yaml", chunk, generator.Base{})   // the document, a few bytes changed
//	result = plan.Verify("prod.yaml", chunk, generator.Base{})  // what is not as intended
//
// What a person should know comes as [Finding] values: terminal text, JSON, SARIF
// and KRM results are printings of them. The package takes bytes and values and
// gives bytes and values: no files, clock, environment or network.
package generator
