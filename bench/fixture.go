//go:build !windows

package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/template"

	"go.yaml.in/yaml/v3"
)

//go:embed cluster.yaml.tmpl
var clusterText string

var clusterTemplate = template.Must(template.New("cluster").Parse(clusterText))

// The one key of the race, as an ARN: it is right for a volume and for the StorageClass.
const key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

const intent = `apiVersion: kublr-encryption.github.io/v1alpha1
kind: EncryptionIntent
metadata:
  name: bench
spec:
  account: "111122223333"
  key: ` + key + `
  kublr: {user: kublr}
`

// cluster gives the i-th cluster: three groups, 160 lines more or less, and
// what is there already differs from one to the next.
func cluster(i int) []byte { return clusterOf(i, "system", "web", "batch") }

func clusterOf(i int, groups ...string) []byte {
	var b bytes.Buffer
	err := clusterTemplate.Execute(&b, map[string]any{
		"Name": fmt.Sprintf("cluster-%05d", i), "Team": i % 7,
		"Groups":       groups,
		"RootVolumes":  i%3 != 0,
		"StorageClass": i%2 == 0,
	})
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

// writeFixtures writes n clusters into dir in the three forms that programs
// read: stream.yaml, list.yaml (a ResourceList) and tree/, and the intent.
func writeFixtures(dir string, n int) error {
	if err := os.WriteFile(filepath.Join(dir, "intent.yaml"), []byte(intent), 0o644); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "stream.yaml"), n, writeStream); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "list.yaml"), n, writeList); err != nil {
		return err
	}
	return writeTree(filepath.Join(dir, "tree"), n)
}

// writeLine writes a cluster of many groups as JSON on one line of 1 MB into
// stream.yaml.
func writeLine(dir string, _ int) error {
	var groups []string
	for i := range 2400 {
		groups = append(groups, fmt.Sprintf("group-%04d", i))
	}
	var v any
	if err := yaml.Unmarshal(clusterOf(0, groups...), &v); err != nil {
		return err
	}
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeStreamed(dir, append(line, '\n'))
}

// writeMerges writes n clusters into stream.yaml whose groups take what they have in
// common through a merge key.
func writeMerges(dir string, n int) error {
	var b bytes.Buffer
	writeStream(&b, n)
	text := bytes.ReplaceAll(b.Bytes(), []byte("apiVersion: kublr.com/v1\n"), []byte("x-aws: &aws\n  sshKey: common\napiVersion: kublr.com/v1\n"))
	text = bytes.ReplaceAll(text, []byte("            instanceType: m5a.large\n"), []byte("            <<: *aws\n            instanceType: m5a.large\n"))
	return writeStreamed(dir, text)
}

func writeStreamed(dir string, stream []byte) error {
	if err := os.WriteFile(filepath.Join(dir, "intent.yaml"), []byte(intent), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "stream.yaml"), stream, 0o644)
}

func writeFile(name string, n int, write func(io.Writer, int)) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	write(w, n)
	return w.Flush()
}

func writeStream(w io.Writer, n int) {
	for i := range n {
		if i > 0 {
			io.WriteString(w, "---\n")
		}
		w.Write(cluster(i))
	}
}

// writeList writes the form kpt and kustomize give a function: items with
// their path and index, the config last.
func writeList(w io.Writer, n int) {
	io.WriteString(w, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range n {
		_, body, _ := bytes.Cut(cluster(i), []byte("\n")) // the heading comment
		body = bytes.Replace(body, []byte("metadata:\n"), fmt.Appendf(nil,
			"metadata:\n  annotations:\n    config.kubernetes.io/index: '0'\n    config.kubernetes.io/path: '%s'\n", treePath(i)), 1)
		writeIndented(w, "- ", body)
	}
	io.WriteString(w, "functionConfig:\n")
	writeIndented(w, "  ", []byte(intent))
}

func writeIndented(w io.Writer, prefix string, body []byte) {
	for line := range bytes.Lines(body) {
		io.WriteString(w, prefix)
		w.Write(line)
		prefix = "  "
	}
}

// writeTree writes one file per cluster, a hundred to a folder.
func writeTree(dir string, n int) error {
	for i := range n {
		name := filepath.Join(dir, treePath(i))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, cluster(i), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func treePath(i int) string { return fmt.Sprintf("%03d/cluster-%05d.yaml", i/100, i) }
