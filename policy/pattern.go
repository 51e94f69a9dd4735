package policy

import (
	"strings"
	"unicode/utf8"
)

// A pattern is a value of a policy against which a value of a request is held:
// literal text, wildcards where they count, and policy variables.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
type pattern struct {
	text  string // with many and one where wildcards count; unused when there are parts
	plain bool   // has neither wildcards nor variables
	parts []part // when there are variables
}

// Wildcards, as bytes that no policy can hold.
const (
	many = '\x00'
	one  = '\x01'
)

// A part is text, or a variable with the text that stands in for it when the
// request lacks it.
type part struct {
	text       string
	variable   string
	hasDefault bool
}

// newPattern compiles a value. Without variables, as in policies of Version
// 2008-10-17, "${…}" is text.
func newPattern(s string, wildcards, variables bool) pattern {
	if variables && strings.Contains(s, "${") {
		return newVariable(s, wildcards)
	}
	if wildcards && strings.ContainsAny(s, "*?") {
		return pattern{text: mark(s)}
	}
	return pattern{text: s, plain: true}
}

func mark(s string) string { return strings.NewReplacer("*", "\x00", "?", "\x01").Replace(s) }

func newVariable(s string, wildcards bool) pattern {
	var parts []part
	add := func(s string, wildcards bool) {
		if wildcards {
			s = mark(s)
		}
		if n := len(parts); n > 0 && parts[n-1].variable == "" {
			parts[n-1].text += s
		} else {
			parts = append(parts, part{text: s})
		}
	}
	for {
		start := strings.Index(s, "${")
		length := -1
		if start >= 0 {
			length = strings.IndexByte(s[start:], '}')
		}
		if length < 0 {
			break
		}
		add(s[:start], wildcards)
		switch name := s[start+2 : start+length]; name {
		case "*", "?", "$":
			add(name, false)
		default:
			name, fallback, _ := strings.Cut(name, ",")
			p := part{variable: strings.TrimSpace(name)}
			if f := strings.TrimSpace(fallback); len(f) >= 2 && f[0] == '\'' && f[len(f)-1] == '\'' {
				p.text, p.hasDefault = f[1:len(f)-1], true
			}
			parts = append(parts, p)
		}
		s = s[start+length+1:]
	}
	add(s, wildcards)
	if len(parts) == 1 && parts[0].variable == "" {
		return pattern{text: parts[0].text, plain: !strings.ContainsAny(parts[0].text, "\x00\x01")}
	}
	return pattern{parts: parts}
}

// expand puts a request's values in place of variables. A variable that the
// request lacks, or that has several values, is null: nothing is equal to it.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
func (p *pattern) expand(c *caller) (string, bool) {
	if p.parts == nil {
		return p.text, true
	}
	var b strings.Builder
	for _, part := range p.parts {
		if part.variable == "" {
			b.WriteString(part.text)
			continue
		}
		switch values := c.values(part.variable, strings.ToLower(part.variable)); {
		case len(values) == 1 && values[0] != "":
			b.WriteString(values[0])
		case part.hasDefault:
			b.WriteString(part.text)
		default:
			return "", false
		}
	}
	return b.String(), true
}

// matches holds s against a text in which wildcards are marked. With fold, ASCII
// letters match in either case.
func matches(text, s string, fold bool) bool {
	t, i := 0, 0
	star, resume := -1, 0
	for i < len(s) {
		switch {
		case t < len(text) && text[t] == many:
			star, resume = t, i
			t++
		case t < len(text) && text[t] == one:
			_, size := utf8.DecodeRuneInString(s[i:])
			t, i = t+1, i+size
		case t < len(text) && (text[t] == s[i] || fold && lower(text[t]) == lower(s[i])):
			t, i = t+1, i+1
		case star >= 0:
			resume++
			t, i = star+1, resume
		default:
			return false
		}
	}
	for t < len(text) && text[t] == many {
		t++
	}
	return t == len(text)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
