package filter_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/kublr-encryption/kublr-encryption/fn/filter"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A pipeline encrypts the clusters of a package where they lie.
func Example() {
	dir, err := os.MkdirTemp("", "clusters")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	cluster := filepath.Join(dir, "cluster.yaml")
	if err := os.WriteFile(cluster, []byte(`apiVersion: kublr.com/v1
kind: Cluster
metadata:
  name: prod-a
spec:
  locations:
    - name: aws1
      aws:
        region: us-east-1
  nodes:
    - name: web
      locations:
        - locationRef: aws1
          aws:
            rootVolume:
              size: 40 # GiB
`), 0o644); err != nil {
		log.Fatal(err)
	}

	encrypt := &filter.Filter{Intent: yaml.MustParse(`
apiVersion: kublr-encryption.github.io/v1alpha1
kind: EncryptionIntent
metadata: {name: production}
spec:
  account: "111122223333"
  key: alias/kublr-ebs
  kublr: {user: kublr}
  volumes: [nodeRoot]
`)}
	files := &kio.LocalPackageReadWriter{PackagePath: dir, PreserveSeqIndent: true}
	pipeline := kio.Pipeline{Inputs: []kio.Reader{files}, Filters: []kio.Filter{encrypt}, Outputs: []kio.Writer{files}}
	if err := pipeline.Execute(); err != nil {
		log.Fatal(err)
	}
	text, err := os.ReadFile(cluster)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
	// Output:
	// apiVersion: kublr.com/v1
	// kind: Cluster
	// metadata:
	//   name: prod-a
	// spec:
	//   locations:
	//     - name: aws1
	//       aws:
	//         region: us-east-1
	//   nodes:
	//     - name: web
	//       locations:
	//         - locationRef: aws1
	//           aws:
	//             rootVolume:
	//               size: 40 # GiB
	//               encrypted: true
	//               kmsKeyId: alias/kublr-ebs
}
