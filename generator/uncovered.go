package generator

import (
	"fmt"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// uncovered warns of storage that may be in the clear and that no rule reaches:
// raw CloudFormation, StorageClasses of the user's own, and workloads that name
// another class than Kublr's default. It looks at every mapping of the document
// once, since packages and CloudFormation extras hold such things at any depth.
func uncovered(root yamledit.Node) []Finding {
	var findings []Finding
	each(root, "", func(n yamledit.Node, path string) {
		for _, look := range []func(yamledit.Node, string) []Finding{
			clearVolume, clearFileSystem, clearBlockDevices, clearStorageClass, otherStorageClass,
		} {
			findings = append(findings, look(n, path)...)
		}
	})
	return findings
}

// each visits the mappings of a document in order. An alias is visited where its
// anchor stands.
func each(n yamledit.Node, path string, visit func(yamledit.Node, string)) {
	switch {
	case n.Alias():
	case n.Kind() == yamledit.Mapping:
		visit(n, path)
		for key, child := range n.Entries() {
			each(child, joinPath(path, key.Text()), visit)
		}
	case n.Kind() == yamledit.Sequence:
		for i, child := range n.Elements() {
			each(child, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	}
}

// isTrue takes what CloudFormation takes for true: the boolean and the string.
func isTrue(n yamledit.Node) bool { return strings.EqualFold(text(n), "true") }

func clearResource(n yamledit.Node, path, kind, code, what string) []Finding {
	if text(n.Get("Type")) != kind || isTrue(n.Lookup("Properties", "Encrypted")) {
		return nil
	}
	return []Finding{{
		Severity: Warning, Code: code, Position: n.Get("Type").Position(), Path: path,
		Message: "is " + what + " without Encrypted: true, and no rule covers raw CloudFormation",
		Hint:    "set Properties.Encrypted and Properties.KmsKeyId there",
	}}
}

func clearVolume(n yamledit.Node, path string) []Finding {
	return clearResource(n, path, "AWS::EC2::Volume", "uncovered-volume", "a volume")
}

func clearFileSystem(n yamledit.Node, path string) []Finding {
	return clearResource(n, path, "AWS::EFS::FileSystem", "uncovered-file-system", "an EFS file system")
}

func clearBlockDevices(n yamledit.Node, path string) []Finding {
	var findings []Finding
	for i, device := range n.Get("BlockDeviceMappings").Elements() {
		ebs := device.Get("Ebs")
		if ebs.Kind() != yamledit.Mapping || isTrue(ebs.Get("Encrypted")) {
			continue
		}
		findings = append(findings, Finding{
			Severity: Warning, Code: "uncovered-block-device", Position: device.Position(),
			Path:    fmt.Sprintf("%s[%d]", joinPath(path, "BlockDeviceMappings"), i),
			Message: "is a block device without Ebs.Encrypted: true, and no rule covers raw CloudFormation",
			Hint:    "set Ebs.Encrypted and Ebs.KmsKeyId there",
		})
	}
	return findings
}

// clearStorageClass looks for a StorageClass for EBS. The CSI driver takes only
// the exact string "true", and a kmsKeyId alone turns encryption on.
//
// Source: kubernetes-sigs/aws-ebs-csi-driver docs/parameters.md
func clearStorageClass(n yamledit.Node, path string) []Finding {
	provisioner := text(n.Get("provisioner"))
	if text(n.Get("kind")) != "StorageClass" || provisioner != "ebs.csi.aws.com" && provisioner != "kubernetes.io/aws-ebs" {
		return nil
	}
	parameters := n.Get("parameters")
	if parameters.Get("encrypted").Value() == "true" || text(parameters.Get("kmsKeyId")) != "" {
		return nil
	}
	return []Finding{{
		Severity: Warning, Code: "uncovered-storage-class", Position: n.Get("provisioner").Position(), Path: path,
		Message: fmt.Sprintf("StorageClass %s makes EBS volumes in the clear", text(n.Lookup("metadata", "name"))),
		Hint:    "give its parameters encrypted: 'true' and kmsKeyId",
	}}
}

// otherStorageClass looks for features and packages that name a class: their
// volumes follow it and not Kublr's default class.
func otherStorageClass(n yamledit.Node, path string) []Finding {
	if !strings.HasPrefix(path, "spec.features.") && !strings.HasPrefix(path, "spec.packages.") {
		return nil
	}
	var findings []Finding
	for _, key := range []string{"storageClass", "storageClassName"} {
		class := text(n.Get(key))
		if class == "" || class == "-" {
			continue
		}
		findings = append(findings, Finding{
			Severity: Warning, Code: "other-storage-class", Position: n.Get(key).Position(), Path: joinPath(path, key),
			Message: fmt.Sprintf("names the class %s, whose volumes do not follow this intent", class),
			Hint:    "see that the class encrypts",
		})
	}
	return findings
}
