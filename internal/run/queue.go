package run

import (
	"encoding/json"
	"io"

	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/spool"
)

// A queue holds the reports of one file until it is known what becomes of the
// file. As many as most files have are held as they are, more in a spool, where each
// costs as much as all that was done to its document. Its zero value is empty.
type queue struct {
	first []report.Report
	rest  spool.Buffer
	more  *json.Encoder // to the spool, once it is needed
	err   error
}

// fewReports are more than most files have documents. They come to about 2 KB each.
const fewReports = 2048

// add adds a report. What goes wrong comes from each.
func (q *queue) add(r report.Report) {
	if len(q.first) < fewReports {
		q.first = append(q.first, r)
		return
	}
	if q.more == nil {
		q.more = json.NewEncoder(&q.rest)
	}
	if q.err == nil {
		q.err = q.more.Encode(r)
	}
}

// each takes the reports in their order.
func (q *queue) each(take func(report.Report) error) error {
	if q.err != nil {
		return q.err
	}
	for _, r := range q.first {
		if err := take(r); err != nil {
			return err
		}
	}
	in, err := q.rest.Reader()
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(in)
	decoder.UseNumber()
	for {
		var r report.Report
		if err := decoder.Decode(&r); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := take(r); err != nil {
			return err
		}
	}
}

// close drops what is held.
func (q *queue) close() { q.rest.Close() } // it was read, or nobody wants it
