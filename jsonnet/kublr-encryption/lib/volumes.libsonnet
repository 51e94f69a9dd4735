// The kinds of EBS volume in a Kublr cluster, and where its spec says how each is
// encrypted: one row a kind. `in` must exist in the spec, `at` is made below it;
// `piece` names the fragment that shows it.
// A StorageClass's parameters are strings, so its true is 'true'.
//
// Source: https://support.kublr.com/support/solutions/articles/33000257339
local places = std.parseJson(importstr '../cluster.json').places;
local group = ['cluster', 'location', 'region'];

{
  kinds: [
    {
      volume: 'masterRoot',
      piece: 'master',
      dims: group,
      'in': places.master + ['aws'],
      at: ['rootVolume'],
      on: true,
      off: false,
    },
    {
      volume: 'masterEtcd',
      piece: 'master',
      dims: group,
      'in': places.master + ['aws'],
      at: ['masterVolume'],
      on: true,
      off: false,
      // Source: kubernetes-retired/kube-aws#1347, kubernetes/kops#1845
      running: 'the encryption of an existing etcd volume cannot be changed, and CloudFormation refuses the update: on a running cluster this needs a snapshot, an encrypted copy and a restore, or a rebuild',
    },
    {
      volume: 'nodeRoot',
      piece: 'nodes',
      dims: group + ['group'],
      'in': places.node + ['aws'],
      at: ['rootVolume'],
      on: true,
      off: false,
    },
    {
      volume: 'storageClass',
      piece: 'storageClass',
      dims: ['cluster', 'region'],
      'in': ['spec'],
      at: ['features', 'system', 'values', 'storageClass', 'aws', 'parameters'],
      // Source: kubernetes-sigs/aws-ebs-csi-driver pkg/driver/controller.go, which folds the names
      anyCase: true,
      on: 'true',
      off: 'false',
      // Source: kubernetes/kubernetes#80472
      running: 'Kubernetes refuses changes to the parameters of an existing StorageClass: on a running cluster delete the class first, so that it is made anew; existing volumes stay as they are',
    },
  ],
}
