package generator

import (
	"regexp"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A sops is what SOPS says of a document: it writes a message authentication code
// over the values beside them, and after an edit of ours that would not fit.
//
// Source: https://github.com/getsops/sops#message-authentication-code
type sops struct{ metadata yamledit.Node }

// sopsRefusals gives why changes cannot be made, once for each that stands in its own
// file. They can where SOPS was told to cover encrypted values only, and would encrypt
// none of those set.
func sopsRefusals(items []Item, changes []yamledit.Change) (refused diag.Findings) {
	said := map[int]bool{} // by where the metadata stand
	for _, c := range changes {
		i := itemAt(items, c.Position)
		if i < 0 || !items[i].has(c.Field) {
			continue
		}
		s := sops{items[i].In.Get("sops")}
		at, field := s.metadata.Position().Byte, items[i].below(c.Field).Key(c.Key)
		switch {
		case text(s.metadata.Get("mac")) == "" || said[at]:
			continue
		case s.metadata.Get("mac_only_encrypted").Value() != true:
			refused = append(refused, s.refusal("SOPS has a code over all values of this document, which would not fit after an edit"))
		case s.encrypts(field):
			refused = append(refused, s.refusal("SOPS encrypts "+field.String()+", and an edit would leave it in the clear"))
		default:
			continue
		}
		said[at] = true
	}
	return refused
}

func (s sops) refusal(message string) diag.Finding {
	return sopsCode.Finding(s.metadata.Key().Position(), s.metadata.Field(), message, "decrypt the file, run `kublr-encryption apply`, and encrypt it again")
}

// encrypts tells whether SOPS encrypts the value of a field, by the rules that stand
// with it; with rules about comments, which it is not shown, it takes the worse.
//
// Source: https://github.com/getsops/sops/blob/main/sops.go, shouldBeEncrypted
func (s sops) encrypts(f diag.Field) bool {
	rule := func(name string) (value string, ok bool) {
		value = text(s.metadata.Get(name))
		return value, value != ""
	}
	some := func(is func(key string) bool) bool {
		for _, step := range f {
			if key, ok := step.Key(); ok && is(key) {
				return true
			}
		}
		return false
	}
	suffixed := func(suffix string) bool { return some(func(key string) bool { return strings.HasSuffix(key, suffix) }) }
	matched := func(pattern string, otherwise bool) bool {
		r, err := regexp.Compile(pattern)
		if err != nil {
			return otherwise
		}
		return some(r.MatchString)
	}
	encrypted := true
	if suffix, ok := rule("unencrypted_suffix"); ok && suffixed(suffix) {
		encrypted = false
	}
	if suffix, ok := rule("encrypted_suffix"); ok {
		encrypted = suffixed(suffix)
	}
	if pattern, ok := rule("unencrypted_regex"); ok && matched(pattern, false) {
		encrypted = false
	}
	if pattern, ok := rule("encrypted_regex"); ok {
		encrypted = matched(pattern, true)
	}
	_, byComment := rule("encrypted_comment_regex")
	_, byOther := rule("unencrypted_comment_regex")
	return encrypted || byComment || byOther
}
