package main

import (
	"io"
	"os"
)

// A paint colours text for a terminal; false leaves it as it is.
type paint bool

// paintFor colours what a person sees, unless NO_COLOR says otherwise.
//
// Source: https://no-color.org
func paintFor(w io.Writer) paint {
	return paint(isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb")
}

func (p paint) code(code, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) bold(text string) string   { return p.code("1", text) }
func (p paint) red(text string) string    { return p.code("31", text) }
func (p paint) green(text string) string  { return p.code("32", text) }
func (p paint) yellow(text string) string { return p.code("33", text) }
func (p paint) cyan(text string) string   { return p.code("36", text) }
