package fn

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A resourceList is the function's input, parsed.
type resourceList struct {
	src    []byte
	doc    *yamledit.Document // of src, less the items that are hidden
	config yamledit.Node
	items  []generator.Item
}

func parse(src []byte) (*resourceList, error) {
	doc, err := parseItems(src)
	if err != nil {
		return nil, fmt.Errorf("stdin: %w", err)
	}
	root := doc.Root()
	switch kind, version := root.Get("kind").Text(), root.Get("apiVersion").Text(); {
	case root.Kind() == yamledit.Null:
		return nil, errors.New("stdin is empty: a ResourceList is expected; run it through kpt or kustomize")
	case kind != "ResourceList":
		return nil, fmt.Errorf("stdin is not a ResourceList but of kind %q: run it through kpt or kustomize, or give a file to `kublr-encryption apply`", kind)
	case !strings.HasPrefix(version, "config.kubernetes.io/"):
		return nil, fmt.Errorf("stdin is a ResourceList of apiVersion %q: config.kubernetes.io/v1 is expected", version)
	}
	list := &resourceList{src: src, doc: doc, config: root.Get("functionConfig")}
	items := root.Get("items")
	switch items.Kind() {
	case yamledit.Sequence, yamledit.None, yamledit.Null:
	default:
		return nil, fmt.Errorf("items is %v where a list is needed", items.Kind())
	}
	for _, item := range items.Elements() {
		list.items = append(list.items, generator.ItemsIn(fileOf(item), item)...)
	}
	return list, nil
}

// readOtherwise says of items when other readers of YAML take them for something else,
// item by item where these stand in lines of their own.
func (l *resourceList) readOtherwise(plan *generator.Plan) (wrong diag.Findings) {
	elements := elementsOf(l.doc.Root())
	texts := itemTexts(l.src)
	if len(texts) != len(elements) {
		texts = nil
		wrong = generator.ReadOtherwise(l.src, l.items)
	}
	var whole yamledit.Node
	if l.doc.IsUnusual() {
		whole = generator.Reference(l.doc.Bytes())
	}
	others := elementsOf(whole)
	for i, item := range elements {
		objects := generator.ItemsIn(fileOf(item), item)
		var text []byte
		if texts != nil {
			text = l.src[texts[i].start:texts[i].end]
			wrong = append(wrong, generator.ReadOtherwise(text, objects)...)
		}
		if !l.doc.IsUnusual() {
			continue
		}
		theirs := generator.Reference(text).Index(0) // where another item is in the way
		if i < len(others) {
			theirs = others[i]
		}
		wrong = append(wrong, plan.ReadOtherwise(objects, theirs)...)
	}
	return wrong
}

// elementsOf gives the items of a list.
func elementsOf(list yamledit.Node) (items []yamledit.Node) {
	for _, item := range list.Get("items").Elements() {
		items = append(items, item)
	}
	return items
}

// The annotations that say where an item comes from, today's and yesterday's.
//
// Source: https://pkg.go.dev/sigs.k8s.io/kustomize/kyaml/kio/kioutil
var (
	pathAnnotations  = []string{"internal.config.kubernetes.io/path", "config.kubernetes.io/path"}
	indexAnnotations = []string{"internal.config.kubernetes.io/index", "config.kubernetes.io/index"}
)

const functionAnnotation = "config.kubernetes.io/function"

func annotation(n yamledit.Node, names ...string) string {
	for _, name := range names {
		if value := n.Lookup("metadata", "annotations", name); value.Kind() == yamledit.Scalar {
			return value.Text()
		}
	}
	return ""
}

func fileOf(item yamledit.Node) string { return annotation(item, pathAnnotations...) }

// isKustomize tells whether kustomize runs the function: it shows stderr and no
// results.
func (l *resourceList) isKustomize() bool { return annotation(l.config, functionAnnotation) != "" }

func isIntent(n yamledit.Node) bool {
	return n.Get("kind").Text() == generator.IntentKind && strings.HasPrefix(n.Get("apiVersion").Text(), "kublr-encryption.github.io/")
}

func hasEntries(n yamledit.Node) bool {
	for range n.Entries() {
		return true
	}
	return false
}

// intents gives the functionConfig's intent, or those among the items.
func (l *resourceList) intents() ([]generator.Intent, error) {
	switch kind := l.config.Get("kind").Text(); {
	case isIntent(l.config):
		return []generator.Intent{generator.IntentOf(configFile(l.config), l.config)}, nil
	case kind == "ConfigMap" && (hasEntries(l.config.Get("data")) || annotation(l.config, generator.ModeAnnotation) != ""):
		intent, err := generator.IntentOfConfigMap(configFile(l.config), l.config)
		return []generator.Intent{intent}, err
	case l.config.Kind() == yamledit.Mapping && kind != "ConfigMap":
		return nil, fmt.Errorf("functionConfig is of kind %q: an EncryptionIntent of %s is expected, or a ConfigMap with its simple fields as data", kind, generator.APIVersion)
	}
	var intents []generator.Intent
	for _, item := range l.items {
		if isIntent(item.Root) {
			intents = append(intents, generator.IntentOf(item.File, item.Root))
		}
	}
	if intents == nil {
		return nil, errors.New("there is no intent: give an EncryptionIntent as functionConfig, or put one among the items")
	}
	return intents, nil
}

func configFile(config yamledit.Node) string {
	if file := fileOf(config); file != "" {
		return file
	}
	return "functionConfig"
}

// A found is a finding and what it is about: an item, the intent, or nothing in
// the list.
type found struct {
	diag.Finding
	about generator.Item
}

// plan gives what the intents ask for; nil with an error among the findings.
func (l *resourceList) plan() (*generator.Plan, diag.Findings) {
	intents, err := l.intents()
	if err != nil {
		return nil, diag.Findings{functionConfig.Finding(diag.Position{}, nil, err.Error(), "")}
	}
	return generator.NewPlan(intents)
}

// run gives the list's new text and what was found on the way. With an error among
// that only the results are new.
func (l *resourceList) run() ([]byte, []found, error) {
	plan, findings := l.plan()
	if plan == nil {
		return l.answered(l.found(findings...))
	}
	all := l.found(append(findings, l.readOtherwise(plan)...)...)
	var wants []yamledit.Want
	sets, compares := plan.ByMode()
	if sets != nil {
		made, said := l.edited(sets)
		wants, all = made, append(all, said...)
	}
	if compares != nil && !failed(all) {
		after, err := l.after(wants)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, after.compared(compares)...)
	}
	if failed(all) {
		wants = nil
	}
	return l.answered(all, wants...)
}

// answered gives the list's text with what is wanted and with findings as its results.
func (l *resourceList) answered(all []found, wants ...yamledit.Want) ([]byte, []found, error) {
	all = grouped(all)
	results, err := l.wantResults(all)
	if err != nil {
		return nil, nil, err
	}
	made, err := l.doc.Apply(append(wants, results...))
	if err != nil {
		return nil, nil, err
	}
	text, err := diag.Spliced(l.src, made.Splices)
	return text, all, err
}

func failed(all []found) bool {
	return slices.ContainsFunc(all, func(f found) bool { return f.Severity == diag.Error })
}

// found gives findings about intents what they are about, by their file.
func (l *resourceList) found(findings ...diag.Finding) []found {
	var all []found
	for _, f := range findings {
		all = append(all, unplaced(f, l.named(f.File)))
	}
	return all
}

// unplaced drops line numbers: they count in the list, not in the file it names.
func unplaced(f diag.Finding, about generator.Item) found {
	f.Position = diag.Position{}
	return found{f, about}
}

// named gives the intent in functionConfig or the first item that is known by a
// file; nothing when none is.
func (l *resourceList) named(file string) generator.Item {
	if file == configFile(l.config) {
		return generator.Item{File: file, In: l.config, Root: l.config}
	}
	for _, item := range l.items {
		if file != "" && item.File == file {
			return item
		}
	}
	return generator.Item{}
}
