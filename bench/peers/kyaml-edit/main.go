// Kyaml-edit is a KRM function on kyaml that sets the same values as ours, the
// way such a function is usually written. It takes the plain case only: one
// account, one key, every AWS location, no checks.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// An intent is the part of the function's config that this peer reads.
type intent struct {
	Spec struct {
		Key string `yaml:"key"`
	} `yaml:"spec"`
}

func main() {
	var in intent
	p := framework.SimpleProcessor{Config: &in, Filter: kio.FilterFunc(func(items []*yaml.RNode) ([]*yaml.RNode, error) {
		for _, item := range items {
			if item.GetKind() != "Cluster" {
				continue
			}
			if err := encrypt(item, in.Spec.Key); err != nil {
				return nil, fmt.Errorf("cluster %s: %w", item.GetName(), err)
			}
		}
		return items, nil
	})}
	if err := framework.Execute(p, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// encrypt sets the four kinds of volume of one cluster.
func encrypt(cluster *yaml.RNode, key string) error {
	master, err := cluster.Pipe(yaml.Lookup("spec", "master"))
	if err != nil {
		return err
	}
	if err := encryptGroup(master, key, "rootVolume", "masterVolume"); err != nil {
		return err
	}
	nodes, err := cluster.Pipe(yaml.Lookup("spec", "nodes"))
	if err != nil {
		return err
	}
	if err := nodes.VisitElements(func(group *yaml.RNode) error {
		return encryptGroup(group, key, "rootVolume")
	}); err != nil {
		return err
	}
	return set(cluster, text("true"), key,
		"spec", "features", "system", "values", "storageClass", "aws", "parameters")
}

func encryptGroup(group *yaml.RNode, key string, volumes ...string) error {
	locations, err := group.Pipe(yaml.Lookup("locations"))
	if err != nil {
		return err
	}
	return locations.VisitElements(func(location *yaml.RNode) error {
		aws, err := location.Pipe(yaml.Lookup("aws"))
		if err != nil || aws == nil {
			return err
		}
		for _, volume := range volumes {
			if err := set(aws, boolean(true), key, volume); err != nil {
				return err
			}
		}
		return nil
	})
}

// set puts the two fields into the mapping at path, which it makes when missing.
func set(in *yaml.RNode, encrypted *yaml.RNode, key string, path ...string) error {
	volume, err := in.Pipe(yaml.LookupCreate(yaml.MappingNode, path...))
	if err != nil {
		return err
	}
	if err := volume.PipeE(yaml.SetField("encrypted", encrypted)); err != nil {
		return err
	}
	return volume.PipeE(yaml.SetField("kmsKeyId", yaml.NewScalarRNode(key)))
}

// boolean makes its own node: NewScalarRNode writes "true", a string.
func boolean(v bool) *yaml.RNode {
	return yaml.NewRNode(&yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: fmt.Sprint(v)})
}

func text(v string) *yaml.RNode {
	return yaml.NewRNode(&yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: v, Style: yaml.SingleQuotedStyle})
}
