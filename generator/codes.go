package generator

import "github.com/kublr-encryption/kublr-encryption/diag"

// Codes are the rows of what only the generator finds: what depends on all clusters
// or intents of a run, or on the text they stand in.
var Codes = []diag.Code{noCluster, clustersUnmatched, overrideUnmatched, patchRegion, clusterElsewhere, sopsCode, claimedTwice, fault}

var (
	noCluster = diag.Code{
		ID: "no-cluster", Severity: diag.Error, Title: "No cluster was looked at",
		Means:  "None of the documents that were read is a Kublr cluster which an intent of this run selects.",
		Why:    "A gate that has looked at nothing says nothing: a wrong path or a misspelt name would pass for ever.",
		Remedy: "Check the paths that were given and the intent's spec.clusters. Where no cluster is expected, as in a repository of templates or in a hook that sees a few files at a time, give --allow-empty.",
	}
	clustersUnmatched = diag.Code{
		ID: "clusters-unmatched", Severity: diag.Warning, Title: "A pattern of spec.clusters selects no cluster",
		Means:  "No Kublr cluster of those that were read has a name that fits the pattern.",
		Why:    "The clusters it is meant for are not looked at, so they may not be encrypted.",
		Remedy: "Correct the name in spec.clusters, or leave it if its clusters are elsewhere.",
	}
	overrideUnmatched = diag.Code{
		ID: "override-unmatched", Severity: diag.Warning, Title: "An override matches no volume",
		Means:  "No volume of the clusters that were read fits all that the override's match says.",
		Why:    "The exception it makes is not made: what it is meant for follows the intent's other rules.",
		Remedy: "Check the names the match gives, or leave it if its clusters are elsewhere.",
	}
	patchRegion = diag.Code{
		ID: "patch-region", Severity: diag.Error, Title: "A patch that is right in some regions only",
		Means:  "Overrides by region want different things of a volume that a patch of a cluster describes, and the region stands in what is patched.",
		Why:    "Where the patch is laid over a cluster of the other region, its volume is not as intended.",
		Remedy: "Render it, verify what comes out, and leave the patch out of the check with --exclude.",
	}
	clusterElsewhere = diag.Code{
		ID: "cluster-elsewhere", Severity: diag.Error, Title: "A Kublr cluster where none is looked at",
		Means:  "A Kublr cluster stands below another object, in a text of one, or as a patch in a kustomization. Clusters are looked at as documents, in the items of a List and in lists at the top.",
		Why:    "Its volumes are not looked at, so they may not be encrypted. A gate does not pass one that an intent selects; an edit, and what stands in a text or a patch, are warned of.",
		Remedy: "Put it into a document of its own, or verify what is rendered from it: `kustomize build … | kublr-encryption verify -f INTENT -`.",
	}
	sopsCode = diag.Code{
		ID: "sops", Severity: diag.Error, Title: "SOPS would refuse the document after an edit",
		Means:   "The document is encrypted with SOPS, whose message authentication code covers the values that are to be set.",
		Why:     "After the edit the code does not fit, and nobody can decrypt the file without overriding the check; or a value that belongs encrypted would stand in the clear.",
		Remedy:  "Decrypt the file, run `kublr-encryption apply`, and encrypt it again; or let the code cover encrypted values only (mac_only_encrypted).",
		Sources: []string{"https://github.com/getsops/sops#message-authentication-code"},
	}
	claimedTwice = diag.Code{
		ID: "volume-claimed-twice", Severity: diag.Error, Title: "Two intents want different things of one volume",
		Means:  "More than one of the intents selects the cluster, and they do not agree on a volume of it.",
		Why:    "Which of them came last would decide.",
		Remedy: "Let one of the two leave it out, with clusters, volumes, or an override with mode: ignore.",
	}
	fault = diag.Code{
		ID: "internal", Severity: diag.Error, Title: "A fault of kublr-encryption itself",
		Means:  "The program met what its authors took for impossible. Nothing was changed.",
		Why:    "What it would have said is not known.",
		Remedy: "Please report it, with the message and the intent.",
	}
)
