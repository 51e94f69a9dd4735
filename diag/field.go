package diag

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Field is the way to a value in a document: keys of mappings and indexes of
// lists. It prints as people write it, spec.nodes[0].aws, with a key that could be
// misread in brackets and quotes: Condition["kms:ViaService"]. The empty Field is
// the document itself.
type Field []Step

// A Step of a Field is a mapping's key or a list's index.
type Step struct {
	key   string
	index int // -1 for a key
}

// Key tells whether the step is a key, and which.
func (s Step) Key() (key string, ok bool) { return s.key, s.index < 0 }

// Index tells whether the step is an index, and which. It starts at 0.
func (s Step) Index() (index int, ok bool) { return s.index, s.index >= 0 }

// Keys gives the field that keys lead to.
func Keys(keys ...string) Field { return Field(nil).Key(keys...) }

// Key gives the field that keys lead to from f, which stays as it is.
func (f Field) Key(keys ...string) Field {
	longer := make(Field, len(f), len(f)+len(keys))
	copy(longer, f)
	for _, key := range keys {
		longer = append(longer, Step{key, -1})
	}
	return longer
}

// At gives the field of an element of the list that f leads to; f stays as it is.
func (f Field) At(index int) Field { return append(slices.Clip(f), Step{index: index}) }

// String gives the field as [ParseField] reads it.
func (f Field) String() string {
	var b []byte
	for _, s := range f {
		switch {
		case s.index >= 0:
			b = append(strconv.AppendInt(append(b, '['), int64(s.index), 10), ']')
		case isWord(s.key):
			if b != nil {
				b = append(b, '.')
			}
			b = append(b, s.key...)
		default:
			b = append(strconv.AppendQuote(append(b, '['), s.key), ']')
		}
	}
	return string(b)
}

func isWord(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_/<$", r)
	})
}

// ParseField reads what [Field.String] prints.
func ParseField(text string) (Field, error) {
	var f Field
	for rest := text; rest != ""; {
		var ok bool
		switch {
		case rest[0] == '[':
			var s Step
			if s, rest, ok = bracketed(rest[1:]); ok {
				f = append(f, s)
			}
		default:
			if f != nil {
				rest, ok = strings.CutPrefix(rest, ".")
			} else {
				ok = true
			}
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			ok = ok && isWord(rest[:end])
			f, rest = append(f, Step{rest[:end], -1}), rest[end:]
		}
		if !ok {
			return nil, fmt.Errorf("%q is not a field path: expected one such as spec.nodes[0].aws", text)
		}
	}
	return f, nil
}

// bracketed reads what follows an opening bracket: an index or a quoted key.
func bracketed(text string) (s Step, rest string, ok bool) {
	if quoted, err := strconv.QuotedPrefix(text); err == nil {
		key, err := strconv.Unquote(quoted)
		rest, ok = strings.CutPrefix(text[len(quoted):], "]")
		return Step{key, -1}, rest, ok && err == nil
	}
	digits, rest, ok := strings.Cut(text, "]")
	index, err := strconv.Atoi(digits)
	return Step{index: index}, rest, ok && err == nil && index >= 0 && digits == strconv.Itoa(index)
}

// MarshalJSON gives the field as UnmarshalJSON reads it.
func (f Field) MarshalJSON() ([]byte, error) {
	b := []byte("[")
	for i, s := range f {
		if i > 0 {
			b = append(b, ',')
		}
		if s.index >= 0 {
			b = strconv.AppendInt(b, int64(s.index), 10)
			continue
		}
		key, err := json.Marshal(s.key)
		if err != nil {
			return nil, err
		}
		b = append(b, key...)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads a list of keys and indexes: ["spec", "nodes", 0, "aws"].
func (f *Field) UnmarshalJSON(text []byte) error {
	var steps []any
	if err := json.Unmarshal(text, &steps); err != nil {
		return fmt.Errorf("a field is a list of keys and indexes: %w", err)
	}
	*f = nil
	for _, step := range steps {
		key, isKey := step.(string)
		index, isNumber := step.(float64)
		switch {
		case isKey:
			*f = append(*f, Step{key, -1})
		case isNumber && index >= 0 && index == math.Trunc(index) && index <= math.MaxInt32:
			*f = append(*f, Step{index: int(index)})
		default:
			return fmt.Errorf("a field's step is a key or an index, not %v", step)
		}
	}
	return nil
}
