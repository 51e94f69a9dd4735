// A Kublr cluster as one would write it in Jsonnet: two worker groups, one location.
{
  kind: 'Cluster',
  metadata: { name: 'prod-a', space: 'default' },
  spec: {
    locations: [{ name: 'aws1', aws: { region: 'us-east-1', awsApiAccessSecretRef: 'aws' } }],
    master: {
      minNodes: 3,
      locations: [{ locationRef: 'aws1', aws: { instanceType: 't3.large', rootVolume: { size: 40 } } }],
    },
    nodes: [
      { name: group, minNodes: 2, locations: [{ locationRef: 'aws1', aws: { instanceType: 't3.large' } }] }
      for group in ['workers', 'gpu']
    ],
  },
}
