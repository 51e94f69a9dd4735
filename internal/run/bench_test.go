package run

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

// BenchmarkStream edits a stream whose reports wait.
func BenchmarkStream(b *testing.B) {
	text := strings.Repeat(stream(cluster("a", clear), ""), 2000)
	s := Specs{Plan: plan(b), Replace: true}
	for b.Loop() {
		if err := s.Stream(context.Background(), "<stdin>", strings.NewReader(text), io.Discard, func(report.Report) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
