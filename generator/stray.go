package generator

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A Kublr cluster that stands where none is looked at is named: below other objects, in
// their texts, as a kustomization's patch, or under a kind that was misspelt.

// misspeltKind gives the finding for an object that has a Kublr cluster's shape and,
// misspelt, its kind.
func misspeltKind(object yamledit.Node) (f diag.Finding, ok bool) {
	kind := shapeOf().Kind
	at := object.Get("kind")
	for _, key := range nearMisses(object, "kind", false) {
		if at.Kind() == yamledit.None && isAlike(text(object.Get(key.Text())), kind) {
			at = key
		}
	}
	isMisspelt := isNear(text(at), kind) || at.Kind() != yamledit.None && at.Key().Kind() == yamledit.None
	if !isMisspelt || !isKublr(object) {
		return f, false
	}
	f = kublrencryption.Say("near-miss", diag.Keys(at.Text()), map[string]string{"key": "kind: " + kind})
	if at.Key().Kind() != yamledit.None {
		f.Field = diag.Keys("kind")
		f.Message = "is nearly the kind of a Kublr cluster, whose shape this has"
	}
	f.Position = at.Position()
	return f, true
}

// strays finds the clusters below a node, which is none itself.
func (p *Plan) strays(at place, found func(diag.Finding)) {
	name := func(what, hint string) {
		f := clusterElsewhere.Finding(at.node.Position(), at.field, what, hint)
		f.Severity = diag.Warning
		found(f)
	}
	switch at.node.Kind() {
	case yamledit.Mapping:
		target := at.node.Get("target")
		if isCluster(target) && isNothing(target.Get("group")) && p.patches(at.node) {
			name("patches Kublr clusters, and nobody can tell here what comes of it", "verify its render: kustomize build … | kublr-encryption verify -f INTENT -")
			return
		}
		for key, value := range at.node.Entries() {
			p.stray(place{node: value, field: at.field.Key(key.Text())}, found)
		}
	case yamledit.Sequence:
		for i, element := range at.node.Elements() {
			p.stray(place{node: element, field: at.field.At(i)}, found)
		}
	case yamledit.Scalar:
		if s := at.node.Text(); strings.Contains(s, shapeOf().Kind) && holdsCluster(s) {
			name("holds a Kublr cluster as a text, which is not looked at", "verify what it renders to, or put it into a document of its own")
		}
	}
}

// stray names a cluster at a node, and finds those below it. A gate does not pass one
// that an intent is about, or may be.
func (p *Plan) stray(at place, found func(diag.Finding)) {
	if isCluster(at.node) && isKublr(at.node) {
		f := clusterElsewhere.Finding(at.node.Position(), at.field, "is a Kublr cluster where none is looked at", "put it into a document of its own, or into the items of a List")
		if !p.isGate || !p.mayMean(clusterAt(at.node)) {
			f.Severity = diag.Warning
		}
		found(f)
		return
	}
	p.strays(at, found)
}

// mayMean tells whether an intent is about a cluster, as far as can be told from it.
func (p *Plan) mayMean(c cluster) bool {
	if !c.isAWS() && !c.isPatch && len(c.wrong)+len(c.unclear) == 0 {
		return false
	}
	return c.name == "" || slices.ContainsFunc(p.intents, func(e *expansion) bool {
		return slices.ContainsFunc(e.Clusters, func(pattern string) bool { return matchName(pattern, c.name) })
	})
}

// below finds the clusters that stand in one, or in another project's.
func (p *Plan) below(item Item, s *survey) {
	isNamed := func(key, value yamledit.Node) bool {
		return key.Text() == "kind" && text(value) == shapeOf().Kind && key.Position() != item.Root.Get("kind").Key().Position()
	}
	if hasKey(item.Root, isNamed) {
		p.strays(place{node: item.Root}, func(f diag.Finding) { s.add(item, f) })
	}
}

// patches tells whether an entry of a kustomization, for clusters of whatever group, may
// touch what the intents are about.
func (p *Plan) patches(entry yamledit.Node) bool {
	patch := entry.Get("patch").Text()
	if patch == "" {
		return entry.Get("path").Kind() == yamledit.Scalar
	}
	roots := []string{last(shapeOf().list)}
	for _, e := range p.intents {
		for _, k := range e.Kinds {
			if steps := append(keysOf(k.In), k.At...); len(steps) > 1 {
				roots = append(roots, steps[1])
			}
		}
	}
	for _, root := range roots {
		if strings.Contains(patch, "/spec/"+root) {
			return true
		}
	}
	return holdsCluster(patch)
}

// holdsCluster tells whether a text is documents with a Kublr cluster among them.
func holdsCluster(s string) bool {
	splitter := yamledit.NewSplitter(strings.NewReader(s))
	for {
		chunk, err := splitter.Next()
		if err == io.EOF {
			return false
		}
		if err != nil {
			return false
		}
		if len(wordsIn(chunk.Bytes, shapeOf().Kind)) == 0 {
			continue
		}
		doc, err := yamledit.Parse(bytes.Clone(chunk.Bytes), diag.Position{})
		if err != nil {
			if MayBeMeant(chunk.Bytes) && patterns().own.Match(chunk.Bytes) {
				return true
			}
			continue
		}
		for object := range objects(doc.Root()) {
			if whose(object) == kublrs {
				return true
			}
		}
	}
}
