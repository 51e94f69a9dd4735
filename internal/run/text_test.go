package run

import (
	"bytes"
	"strings"
	"testing"
)

// Test16IsText holds which files are read: texts, also wide ones, and what may be a
// cluster that is broken.
func Test16IsText(t *testing.T) {
	for head, want := range map[string]bool{
		"": true, "a: 1\n": true, "\xff a: 1": true, strings.Repeat("a: 1\n", 9000) + "\x00": true,
		"\xff\xfea\x00:\x00": true, "a\x00:\x00": true, "\x00a\x00:": true, "a\x00\x00\x00:\x00\x00\x00": true, "\x00\x00\xfe\xff": true,
		"kind: Cluster\n\x00": true, "\x7fELF\x02\x01\x01\x00": false, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": false,
		strings.Repeat("\x00", 9000): false, "a\x00:\x00" + strings.Repeat("\x00", 8): false,
	} {
		if got := isText(bytes.NewReader([]byte(head))); got != want {
			t.Errorf("%.20q is text: %t", head, got)
		}
	}
}
