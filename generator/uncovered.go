package generator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// uncovered warns of storage that may be in the clear and that no rule reaches:
// raw CloudFormation, StorageClasses of the user's own, and workloads that name
// another class than Kublr's default. It looks at every mapping of the document
// once, since packages and CloudFormation extras hold such things at any depth.
func uncovered(root yamledit.Node) diag.Findings {
	var findings diag.Findings
	each(root, nil, func(n yamledit.Node, field diag.Field) {
		for _, look := range []func(yamledit.Node, diag.Field) diag.Findings{
			clearVolume, clearFileSystem, clearBlockDevices, clearStorageClass, otherStorageClass,
		} {
			findings = append(findings, look(n, field)...)
		}
	})
	return findings
}

// each visits the mappings of a document in order.
func each(n yamledit.Node, field diag.Field, visit func(yamledit.Node, diag.Field)) {
	switch n.Kind() {
	case yamledit.Mapping:
		visit(n, field)
		for key, child := range n.Entries() {
			each(child, field.Key(key.Text()), visit)
		}
	case yamledit.Sequence:
		for i, child := range n.Elements() {
			each(child, field.At(i), visit)
		}
	}
}

// isTrue takes what CloudFormation takes for true: the boolean and the string.
func isTrue(n yamledit.Node) bool { return strings.EqualFold(text(n), "true") }

func clearResource(n yamledit.Node, field diag.Field, kind, code, what string) diag.Findings {
	if text(n.Get("Type")) != kind || isTrue(n.Lookup("Properties", "Encrypted")) {
		return nil
	}
	return diag.Findings{{
		Severity: diag.Warning, Code: code, Position: n.Get("Type").Position(), Field: field,
		Message: "is " + what + " without Encrypted: true, and no rule covers raw CloudFormation",
		Hint:    "set Properties.Encrypted and Properties.KmsKeyId there",
	}}
}

func clearVolume(n yamledit.Node, field diag.Field) diag.Findings {
	return clearResource(n, field, "AWS::EC2::Volume", "uncovered-volume", "a volume")
}

func clearFileSystem(n yamledit.Node, field diag.Field) diag.Findings {
	return clearResource(n, field, "AWS::EFS::FileSystem", "uncovered-file-system", "an EFS file system")
}

func clearBlockDevices(n yamledit.Node, field diag.Field) diag.Findings {
	var findings diag.Findings
	for i, device := range n.Get("BlockDeviceMappings").Elements() {
		ebs := device.Get("Ebs")
		if ebs.Kind() != yamledit.Mapping || isTrue(ebs.Get("Encrypted")) {
			continue
		}
		findings = append(findings, diag.Finding{
			Severity: diag.Warning, Code: "uncovered-block-device", Position: device.Position(),
			Field:   field.Key("BlockDeviceMappings").At(i),
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
func clearStorageClass(n yamledit.Node, field diag.Field) diag.Findings {
	provisioner := text(n.Get("provisioner"))
	if text(n.Get("kind")) != "StorageClass" || provisioner != "ebs.csi.aws.com" && provisioner != "kubernetes.io/aws-ebs" {
		return nil
	}
	parameters := n.Get("parameters")
	if parameters.Get("encrypted").Value() == "true" || text(parameters.Get("kmsKeyId")) != "" {
		return nil
	}
	return diag.Findings{{
		Severity: diag.Warning, Code: "uncovered-storage-class", Position: n.Get("provisioner").Position(), Field: field,
		Message: fmt.Sprintf("StorageClass %s makes EBS volumes in the clear", text(n.Lookup("metadata", "name"))),
		Hint:    "give its parameters encrypted: 'true' and kmsKeyId",
	}}
}

// otherStorageClass looks for features and packages that name a class: their
// volumes follow it and not Kublr's default class.
func otherStorageClass(n yamledit.Node, field diag.Field) diag.Findings {
	if len(field) < 3 || !slices.ContainsFunc([]diag.Field{diag.Keys("spec", "features"), diag.Keys("spec", "packages")}, func(area diag.Field) bool {
		return slices.Equal(field[:2], area)
	}) {
		return nil
	}
	var findings diag.Findings
	for _, key := range []string{"storageClass", "storageClassName"} {
		class := text(n.Get(key))
		if class == "" || class == "-" {
			continue
		}
		findings = append(findings, diag.Finding{
			Severity: diag.Warning, Code: "other-storage-class", Position: n.Get(key).Position(), Field: field.Key(key),
			Message: fmt.Sprintf("names the class %s, whose volumes do not follow this intent", class),
			Hint:    "see that the class encrypts",
		})
	}
	return findings
}
