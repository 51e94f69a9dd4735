package policy

import (
	"slices"
	"testing"
)

// TestClasses holds that every class that patterns make of short strings has one
// string, and that no two stand for one class.
func TestClasses(t *testing.T) {
	word := []glob{newGlob(mark("?*"), labelled)}
	for _, texts := range [][]string{{"a"}, {"a*", "*b"}, {"a?", "?b", "*"}, {"a*", "ab*", "*c"}, {"a", "b", "ab"}, {"*a*", "*b*", "*c*"}} {
		var patterns []glob
		for _, text := range texts {
			patterns = append(patterns, newGlob(mark(text), anyRune))
		}
		class := func(s string) (all []bool) {
			for i, g := range patterns {
				if all = append(all, g.matches(s)); all[i] != matches(mark(texts[i]), s, false) {
					t.Errorf("%s matches %s: %v", texts[i], s, all[i])
				}
			}
			return all
		}
		found, ok := classes(word, patterns)
		if !ok {
			t.Errorf("%v: a bound was met", texts)
		}
		for i, a := range found {
			for _, b := range found[:i] {
				if slices.Equal(class(a), class(b)) {
					t.Errorf("%v: %s and %s are of one class", texts, a, b)
				}
			}
		}
		for _, s := range words("abcx", 4) {
			if !slices.ContainsFunc(found, func(f string) bool { return slices.Equal(class(f), class(s)) }) {
				t.Errorf("%v: nothing stands for %s", texts, s)
			}
		}
	}
}

// words gives all words of the letters, up to a length.
func words(letters string, most int) []string {
	var all []string
	for last := []string{""}; most > 0; most-- {
		var next []string
		for _, w := range last {
			for _, r := range letters {
				next = append(next, w+string(r))
			}
		}
		all, last = append(all, next...), next
	}
	return all
}

// TestClassesAreBounded holds that what would not end is given up.
func TestClassesAreBounded(t *testing.T) {
	var patterns []glob
	for _, r := range "abcdefghijklmnopqrst" {
		patterns = append(patterns, newGlob(mark("*"+string(r)+"*"), anyRune))
	}
	if _, ok := classes([]glob{newGlob(mark("*"), anyRune)}, patterns); ok {
		t.Error("two to the power of twenty classes were found")
	}
}

// TestARNGlob holds that a wildcard spans a colon in the last part only.
func TestARNGlob(t *testing.T) {
	for _, row := range []struct {
		pattern, arn string
		want         bool
	}{
		{"arn:aws:iam::*:role/x", "arn:aws:iam::111122223333:role/x", true},
		{"arn:aws:iam:*:role/x", "arn:aws:iam::111122223333:role/x", false},
		{"arn:aws:iam::1:*", "arn:aws:iam::1:role:x", true},
		{"arn:*:iam::?:user/a", "arn:aws-cn:iam::1:user/a", true},
	} {
		if got := newARNGlob(mark(row.pattern)).matches(row.arn); got != row.want || got != arnLike(mark(row.pattern), row.arn) {
			t.Errorf("%s matches %s: %v", row.pattern, row.arn, got)
		}
	}
}
