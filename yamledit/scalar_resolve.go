package yamledit

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The tags a scalar may resolve to, as yaml.v3 names them.
const (
	nullTag      = "!!null"
	boolTag      = "!!bool"
	strTag       = "!!str"
	intTag       = "!!int"
	floatTag     = "!!float"
	timestampTag = "!!timestamp"
	mergeTag     = "!!merge"
)

// tag gives the tag that is written before a node; "" for none and for "!".
func (d *Document) tag(id int32) string {
	if d.nodes[id].flags&hasProperties == 0 {
		return ""
	}
	q := d.props[id]
	if q.tagEnd-q.tag < 2 {
		return ""
	}
	return string(d.src[q.tag:q.tagEnd])
}

// tagOf gives the tag a scalar has, written or by its looks.
func (d *Document) tagOf(id int32) string {
	x := &d.nodes[id]
	if t := d.tag(id); t != "" {
		return t
	}
	switch {
	case x.kind == Null:
		return nullTag
	case x.style != plain:
		return strTag
	case x.end == x.start:
		return nullTag
	case !hints[d.src[x.start]]:
		return strTag
	}
	tag, _ := resolvePlain(d.text(id))
	return tag
}

// resolved gives a scalar's tag and decoded value.
func (d *Document) resolved(id int32) (tag string, value any) {
	x := &d.nodes[id]
	written := d.tag(id)
	text := d.text(id)
	switch written {
	case "":
		if x.style != plain {
			return strTag, text
		}
		return resolvePlain(text)
	case boolTag, intTag, nullTag, floatTag:
		tag, value = resolvePlain(text)
		if n, isInt := value.(int); isInt && written == floatTag {
			return floatTag, float64(n)
		}
		return tag, value
	}
	return written, text
}

// fitsTag tells whether a scalar is what its written tag says.
func (d *Document) fitsTag(id int32) bool {
	switch written := d.tag(id); written {
	case boolTag, intTag, nullTag, floatTag, timestampTag:
		tag, _ := resolvePlain(d.text(id))
		return tag == written || tag == intTag && written == floatTag
	case "!!binary", mergeTag:
		return false
	}
	return true
}

// hints marks the bytes that begin something else than a string.
var hints = stops("+-.0123456789yYnNtTfFoO~<")

var words = map[string]any{
	"true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false,
	"": nil, "~": nil, "null": nil, "Null": nil, "NULL": nil,
	".nan": math.NaN(), ".NaN": math.NaN(), ".NAN": math.NaN(),
	".inf": math.Inf(1), ".Inf": math.Inf(1), ".INF": math.Inf(1),
	"+.inf": math.Inf(1), "+.Inf": math.Inf(1), "+.INF": math.Inf(1),
	"-.inf": math.Inf(-1), "-.Inf": math.Inf(-1), "-.INF": math.Inf(-1),
}

var decimal = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

// resolvePlain gives what a plain scalar stands for, step by step as yaml.v3's
// resolve does. A timestamp's value is its text.
func resolvePlain(text string) (tag string, value any) {
	if text != "" && !hints[text[0]] {
		return strTag, text
	}
	if v, known := words[text]; known {
		switch v.(type) {
		case nil:
			return nullTag, nil
		case bool:
			return boolTag, v
		}
		return floatTag, v
	}
	switch c := text[0]; {
	case text == "<<":
		return mergeTag, text
	case c == '.':
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return floatTag, f
		}
	case c == '+' || c == '-' || c >= '0' && c <= '9':
		return resolveNumber(text)
	}
	return strTag, text
}

func resolveNumber(text string) (tag string, value any) {
	if isTimestamp(text) {
		return timestampTag, text
	}
	digits := strings.ReplaceAll(text, "_", "")
	if v, ok := integer(digits, 0); ok {
		return intTag, v
	}
	if decimal.MatchString(digits) {
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			return floatTag, f
		}
	}
	for prefix, base := range map[string]int{"0b": 2, "0o": 8} {
		if rest, found := strings.CutPrefix(digits, prefix); found {
			if v, ok := integer(rest, base); ok {
				return intTag, v
			}
		}
		if rest, found := strings.CutPrefix(digits, "-"+prefix); found {
			if v, err := strconv.ParseInt("-"+rest, base, 64); err == nil {
				return intTag, int(v)
			}
		}
	}
	return strTag, text
}

// integer gives an int, or a float64 of what is too large for it.
func integer(digits string, base int) (any, bool) {
	if v, err := strconv.ParseInt(digits, base, 64); err == nil {
		return int(v), true
	}
	if v, err := strconv.ParseUint(digits, base, 64); err == nil {
		return float64(v), true
	}
	return nil, false
}

// isTimestamp knows the forms that yaml.v3 takes for a date.
func isTimestamp(text string) bool {
	if len(text) < 5 || text[4] != '-' || strings.Trim(text[:4], "0123456789") != "" {
		return false
	}
	for _, form := range []string{"2006-1-2T15:4:5.999999999Z07:00", "2006-1-2t15:4:5.999999999Z07:00", "2006-1-2 15:4:5.999999999", "2006-1-2"} {
		if _, err := time.Parse(form, text); err == nil {
			return true
		}
	}
	return false
}
