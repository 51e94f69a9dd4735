package generator

import (
	"fmt"
	"math"
	"strconv"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// text gives a string, number or boolean as text, as the jsonnet library does; ""
// for anything else. What counts is the value: 1.0 is 1.
func text(n yamledit.Node) string {
	if n.Kind() != yamledit.Scalar {
		return ""
	}
	switch v := n.Value().(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return number(float64(v))
	case float64:
		return number(v)
	}
	return n.Text()
}

// number gives a number as Jsonnet does.
//
// Source: google/go-jsonnet value.go, unparseNumber
func number(v float64) string {
	if v == math.Floor(v) {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.17g", v)
}

// isNothing tells what is not there or null.
func isNothing(n yamledit.Node) bool {
	return n.Kind() == yamledit.None || n.Kind() == yamledit.Null
}

// spell gives a value as messages do.
func spell(n yamledit.Node) string {
	switch n.Kind() {
	case yamledit.Mapping:
		return "a mapping"
	case yamledit.Sequence:
		return "a list"
	}
	if s, ok := n.Value().(string); ok {
		return spellText(s)
	}
	return text(n)
}

// spellText puts those texts in quotes that are booleans without them.
func spellText(s string) string {
	if s == "true" || s == "false" {
		return "'" + s + "'"
	}
	return s
}
