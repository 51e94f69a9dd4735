package report

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/fn"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// rooms give the rows of each room that reports.
var rooms = []func() []diag.Code{
	func() []diag.Code { return yamledit.Codes },
	policy.Codes,
	kublrencryption.Codes,
	func() []diag.Code { return generator.Codes },
	func() []diag.Code { return fn.Codes },
	code.All,
	func() []diag.Code {
		return []diag.Code{File, ChangedMeanwhile, HardLink, IgnoredUnknown, Base, DiffCut, wouldChange, resultsCut}
	},
}

// Codes gives the one table of codes, ordered by them.
var Codes = sync.OnceValue(func() []diag.Code {
	var all []diag.Code
	for _, rows := range rooms {
		all = append(all, rows()...)
	}
	for i := range all {
		for _, text := range []*string{&all[i].Means, &all[i].Why, &all[i].Remedy} {
			*text = sentence(*text)
		}
	}
	slices.SortFunc(all, func(a, b diag.Code) int { return strings.Compare(a.ID, b.ID) })
	return all
})

// sentence gives a text of a row, which a message may use as a clause, as one that
// stands alone.
func sentence(text string) string {
	if text == "" || strings.HasSuffix(text, ".") {
		return text
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// Lookup gives the row of a code.
func Lookup(id string) (c diag.Code, ok bool) {
	i, ok := slices.BinarySearchFunc(Codes(), id, func(c diag.Code, id string) int { return strings.Compare(c.ID, id) })
	if !ok {
		return diag.Code{}, false
	}
	return Codes()[i], true
}

// What goes wrong around the documents, with files and with reports.
var (
	File = diag.Code{
		ID: "file", Severity: diag.Error, Title: "A file could not be read or replaced",
		Means:  "The system refused to read the file, or to put its new text in its place. The file is as it was.",
		Why:    "What the file holds is not known, or not as the intent asks for, so the run is incomplete and ends with 3.",
		Remedy: "Mend what the message names, such as the permissions of the file and its folder or the space on its disk, and run again.",
	}
	ChangedMeanwhile = diag.Code{
		ID: "changed-meanwhile", Severity: diag.Error, Title: "A file was changed by somebody else meanwhile",
		Means:  "Between reading the file and replacing it, somebody saved, replaced or removed it. Their file stands, and nothing of ours is in it.",
		Why:    "To put our text in its place would lose their work. What their file holds was not looked at, so the run is incomplete and ends with 3.",
		Remedy: "Run it again.",
	}
	HardLink = diag.Code{
		ID: "hard-link", Severity: diag.Warning, Title: "A file that was replaced has other names",
		Means:  "The file had more than one name, by hard links. It was replaced under this one; under the others the old text stands.",
		Why:    "A file is replaced whole, which ends what hard links share; the others are not as the intent asks for.",
		Remedy: "Run it on the other names too (`find -samefile`), or make them symbolic links.",
	}
	IgnoredUnknown = diag.Code{
		ID: "ignored-unknown", Severity: diag.Warning, Title: "Git does not say which files it ignores",
		Means:   "The folder lies in a git repository, and git gave an error when it was asked which of its files it ignores. All were looked at.",
		Why:     "Among them may be files that nobody meant, such as what a build wrote.",
		Remedy:  "Mend what git says, or give `--no-ignore`.",
		Sources: []string{"https://git-scm.com/docs/git-check-ignore", "https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory"},
	}
	Base = diag.Code{
		ID: "base", Severity: diag.Error, Title: "A file could not be compared with --base",
		Means:   "Git could not give what the file held at the revision of --base. The file is as it was.",
		Why:     "Without it nobody can say whether a change to a running cluster is new.",
		Remedy:  "Mend what git says; fetch the revision where the clone is shallow; or leave --base out.",
		Sources: []string{"https://git-scm.com/docs/git-cat-file"},
	}
	DiffCut = diag.Code{
		ID: "diff-cut", Severity: diag.Warning, Title: "A change is not in the diff",
		Means:  "The line that changes, or those on both sides of it, may hold a credential: a key says so, or a Secret stands there. The diff leaves the change out.",
		Why:    "Who reviews or applies the diff does not have the whole of it, so the run ends with 3. The rest of the diff applies as it is.",
		Remedy: "Let `apply` make the change; `apply --check` lists what it sets, without the line. Or write the document on several lines.",
	}
	wouldChange = diag.Code{
		ID: "would-change", Severity: diag.Error, Title: "A cluster is not as the intent asks for",
		Means:  "`apply --check` found values that `apply` would set or remove.",
		Why:    "Until they are set the cluster's volumes are not encrypted as the intent asks for.",
		Remedy: "Run `kublr-encryption apply` with the same intent and files.",
	}
	resultsCut = diag.Code{
		ID: "results-cut", Severity: diag.Warning, Title: "Findings were left out of SARIF",
		Means:   "GitHub takes 25,000 results and 10 MB, zipped, in one upload; there are more. The worst are kept.",
		Why:     "What is left out is not shown as an alert.",
		Remedy:  "Give fewer files at a time, each with a category of its own, or take the JSON format, which has all.",
		Sources: []string{"https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit"},
	}
)
