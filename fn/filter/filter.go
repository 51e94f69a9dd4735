// Package filter is the function of package fn for Go programs that build pipelines
// of kyaml: as a kio.Filter, and as what framework.ResourceListProcessorFunc takes.
//
// What it does, and what it refuses, is what the program kublr-encryption-fn does: the
// same code reads the items as YAML. The program's promise about bytes is kyaml's to
// keep here, which writes trees.
package filter

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/fn"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A Filter is a kio.Filter that encrypts the volumes of the Kublr clusters among
// items.
type Filter struct {
	// Intent is an EncryptionIntent, or a flat ConfigMap that stands for one; nil:
	// the EncryptionIntents among the items.
	Intent *yaml.RNode

	// Results are what the last run found, warnings too.
	Results framework.Results
}

// Filter gives the items as the intent asks for them. With an error among what was
// found it gives none and says what it is.
func (f *Filter) Filter(items []*yaml.RNode) ([]*yaml.RNode, error) {
	list := framework.ResourceList{Items: items, FunctionConfig: f.Intent}
	err := Process(&list)
	f.Results = list.Results
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

// Process encrypts the volumes of the Kublr clusters of a list, and adds what was
// found to its results. With an error among that it says what it is, and the items
// stay as they were.
func Process(list *framework.ResourceList) error {
	var in, out, stderr bytes.Buffer
	w := kio.ByteWriter{
		Writer: &in, KeepReaderAnnotations: true, FunctionConfig: list.FunctionConfig,
		WrappingKind: kio.ResourceListKind, WrappingAPIVersion: kio.ResourceListAPIVersion,
	}
	if len(list.Results) > 0 {
		w.Results = yaml.NewRNode(&yaml.Node{})
		if err := w.Results.YNode().Encode(list.Results); err != nil {
			return fmt.Errorf("writing the results for the function: %w", err)
		}
	}
	if err := w.Write(list.Items); err != nil {
		return fmt.Errorf("writing the items for the function: %w", err)
	}
	exit := fn.Run(&in, &out, &stderr)
	r := kio.ByteReader{Reader: &out, OmitReaderAnnotations: true}
	items, err := r.Read()
	if err != nil {
		return fmt.Errorf("reading what the function gives: %w", err)
	}
	if r.Results != nil {
		var results framework.Results
		if err := r.Results.YNode().Decode(&results); err != nil {
			return fmt.Errorf("reading what the function found: %w", err)
		}
		list.Results = results
	}
	if exit != 0 {
		return errors.New(strings.TrimSpace(stderr.String()))
	}
	list.Items = items
	return nil
}
