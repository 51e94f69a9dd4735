package yamledit

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestGenerated holds the laws of FuzzEdit for documents that are made, not mutated:
// block in block and flow in block, odd indentation, comments, empty lines, texts of
// several lines, anchors, merge keys and both line ends.
func TestGenerated(t *testing.T) {
	const documents = 3000
	edited := 0
	for seed := range uint64(documents) {
		w := writer{Rand: rand.New(rand.NewPCG(seed, 1))}
		src := w.document()
		t.Run("", func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d: %q", seed, src)
				}
			}()
			if checkEdit(t, []byte(src), seed) {
				edited++
			}
		})
		if t.Failed() {
			return
		}
	}
	if edited < documents/3 {
		t.Errorf("only %d of %d are edited", edited, documents)
	}
}

// A writer makes up a document.
type writer struct {
	*rand.Rand
	strings.Builder
	anchors []string
	merges  []string // anchors of mappings
	keys    int
}

func (w *writer) one(of ...string) string { return of[w.IntN(len(of))] }

func (w *writer) rarely(times int) bool { return w.IntN(times) == 0 }

func (w *writer) document() string {
	w.WriteString(w.one("", "", "", "# first\n", "---\n", "%YAML 1.2\n---\n", "\n", "--- # here\n", "\ufeff"))
	switch w.IntN(12) {
	case 0:
	case 1:
		w.WriteString(w.flow(3) + w.one("", " # end") + "\n")
	case 2:
		w.list(0, 4)
	default:
		w.mapping(0, 4)
	}
	w.WriteString(w.one("", "", "", "# last\n", "\n\n  # end\n", "...\n", "      \n", "\n"))
	text := w.String()
	if w.rarely(4) {
		text = strings.TrimSuffix(text, "\n")
	}
	if w.rarely(4) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// begin begins an entry in a column; the first one may begin where the cursor is.
func (w *writer) begin(i, column int) {
	if !strings.HasSuffix(w.String(), "\n") && w.Len() > 0 && i == 0 {
		return
	}
	if w.rarely(6) {
		w.WriteString(w.one("\n", "  \n", "# at the start\n", blanks(column)+"# here\n", blanks(column+w.IntN(4))+"# deeper\n", blanks(max(column-1, 0))+"# less\n"))
	}
	w.WriteString(blanks(column))
}

func blanks(n int) string { return strings.Repeat(" ", n) }

func (w *writer) end() { w.WriteString(w.one("", "", "", " # why", "   ", " #") + "\n") }

func (w *writer) mapping(column, depth int) {
	merged := false
	for i := range 1 + w.IntN(4) {
		w.begin(i, column)
		if len(w.merges) > 0 && !merged && w.rarely(6) {
			merged = true
			w.WriteString("<<: " + w.one("*"+w.one(w.merges...), "[*"+w.one(w.merges...)+"]", "{merged: 1}"))
			w.end()
			continue
		}
		w.keys++
		key := fmt.Sprintf("%s%d", w.one("k", "key", "encrypted", "a b", "ä", "x-"), w.keys)
		w.WriteString(w.one(key, key, key, `"`+key+`"`, "'"+key+"'") + w.one("", "", "", " ") + ":")
		w.value(column, depth, false)
	}
}

func (w *writer) list(column, depth int) {
	for i := range 1 + w.IntN(3) {
		w.begin(i, column)
		w.WriteString("-")
		w.value(column, depth, true)
	}
}

// value writes what follows a colon or a dash in a column.
func (w *writer) value(column, depth int, isElement bool) {
	below, kind, anchor := column+1+w.IntN(4), w.IntN(16), ""
	if depth == 0 {
		kind += 8
	}
	if w.rarely(6) {
		anchor = fmt.Sprintf("a%d", w.keys)
	}
	switch {
	case kind < 3 && isElement: // behind the dash
		gap := 1 + w.IntN(3)
		w.WriteString(blanks(gap))
		if kind == 0 {
			w.list(column+1+gap, depth-1)
		} else {
			w.mapping(column+1+gap, depth-1)
		}
		return
	case kind == 8:
		w.literal(column)
		return
	case kind == 9:
		w.end()
		return
	case kind < 12 && len(w.anchors) > 0:
		w.WriteString(" *" + w.one(w.anchors...))
		w.end()
		return
	}
	if anchor != "" {
		w.WriteString(" &" + anchor)
	}
	switch {
	case kind < 4:
		w.end()
		w.mapping(below, depth-1)
	case kind < 6:
		w.end()
		if !isElement && w.rarely(2) {
			below = column
		}
		w.list(below, depth-1)
	case kind < 8:
		w.WriteString(" " + w.flow(2))
		w.end()
	default:
		w.WriteString(" " + w.one("1", "-2.50", "true", "null", "~", "text", "a b", "'it''s'", `"\u00e4\n"`, "0x1F", "2026-01-01", "http://x/y?z=1#a", "!!str 1", "ä", "''", "{}", "[]", "1_000"))
		w.end()
	}
	if anchor == "" {
		return
	}
	if w.anchors = append(w.anchors, anchor); kind < 4 {
		w.merges = append(w.merges, anchor)
	}
}

func (w *writer) literal(column int) {
	w.WriteString(" " + w.one("|", "|-", "|+", ">", ">-") + w.one("", " # c") + "\n")
	column += 1 + w.IntN(3)
	w.WriteString(w.one("", "", "\n", blanks(column)+"\n"))
	w.WriteString(blanks(column) + w.one("some text", "# no comment", "a: b", "- c") + "\n")
	if w.rarely(2) {
		w.WriteString(w.one("", "\n") + blanks(column) + "more\n" + w.one("", "\n", blanks(column+2)+"\n"))
	}
}

func (w *writer) flow(depth int) string {
	if depth == 0 || w.rarely(3) {
		return w.one("1", "true", "null", "'a, b'", `"x"`, "plain", "~")
	}
	var parts []string
	isMapping := w.rarely(2)
	for range w.IntN(4) {
		part := w.flow(depth - 1)
		if isMapping {
			w.keys++
			key := fmt.Sprintf("f%d", w.keys)
			part = w.one(key+": "+part, `"`+key+`": `+part, key+":", key, `"`+key+`":`+part)
		}
		parts = append(parts, part)
	}
	line := "\n" + blanks(20)
	pad := w.one("", "", " ", line)
	text := strings.Join(parts, w.one(",", ", ", " , ", ","+line, ", # c"+line))
	if len(parts) > 0 && w.rarely(6) {
		text += w.one(",", " ,")
	}
	if isMapping {
		return "{" + pad + text + pad + "}"
	}
	return "[" + pad + text + pad + "]"
}
