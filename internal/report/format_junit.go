package report

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/spool"
)

// junit writes test results: a case for each cluster, for each verdict on a key
// policy, and for each file with findings that are about none of its clusters. A
// case fails by its errors; what else is said of it is its output. The cases wait
// in a spool, since their number stands before them.
//
// Source: https://github.com/testmoapp/junitxml, which describes what CI servers read
type junit struct {
	Output
	cases                    spool.Buffer
	total, failures, skipped int
	premises                 []string
}

func newJUnit(o Output) Writer { return &junit{Output: o} }

type junitCase struct {
	XMLName xml.Name      `xml:"testcase"`
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
	Said    string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (j *junit) Write(r Report) error {
	j.premises = append(j.premises, r.Premises...)
	left := r.unset()
	for _, c := range r.Clusters {
		of := junitCase{Class: c.File, Name: cmp.Or(c.Name, "a cluster without a name")}
		if c.Skipped != "" {
			of.Skipped = &junitMessage{Message: diag.Safe(c.Skipped)}
		}
		var found []Finding
		found, left = parted(left, func(f Finding) bool { return f.Cluster == c.Name && f.File == c.File })
		if err := j.add(of, found); err != nil {
			return err
		}
	}
	for _, v := range r.Verdicts {
		if err := j.add(junitCase{Class: r.File, Name: v.Title}, r.against(v)); err != nil {
			return err
		}
	}
	if len(left) == 0 {
		return nil
	}
	return j.add(junitCase{Class: cmp.Or(r.File, left[0].File, j.Command), Name: "the file as a whole"}, left)
}

// parted gives the findings that belong to something, and the others.
func parted(all []Finding, belongs func(Finding) bool) (found, others []Finding) {
	for _, f := range all {
		if belongs(f) {
			found = append(found, f)
		} else {
			others = append(others, f)
		}
	}
	return found, others
}

// add adds a case with what was found about it.
func (j *junit) add(c junitCase, found []Finding) error {
	var wrong, said []string
	for _, f := range found {
		line := fmt.Sprintf("%s [%s]", f.Finding, f.Code)
		if f.Severity != diag.Error {
			said = append(said, string(f.Severity)+": "+line)
			continue
		}
		if c.Failure == nil {
			c.Failure = &junitMessage{Message: line, Type: f.Code}
		}
		wrong = append(wrong, line)
	}
	j.total++
	switch {
	case c.Failure != nil:
		c.Failure.Text, c.Skipped = strings.Join(wrong, "\n"), nil
		j.failures++
	case c.Skipped != nil:
		j.skipped++
	}
	c.Class, c.Name, c.Said = diag.Safe(c.Class), diag.Safe(c.Name), strings.Join(said, "\n")
	text, err := xml.MarshalIndent(c, "    ", "  ")
	if err != nil {
		return err
	}
	_, err = j.cases.Write(append(text, '\n'))
	return err
}

func (j *junit) Close(Tally) error {
	defer j.cases.Close() // whole by then
	var said bytes.Buffer
	if len(j.premises) > 0 {
		said.WriteString("    <system-out>")
		xml.EscapeText(&said, []byte(diag.Safe(strings.Join(j.premises, "; ")))) // a Buffer fails never
		said.WriteString("</system-out>\n")
	}
	counts := fmt.Sprintf(`name="kublr-encryption %s" tests="%d" failures="%d" errors="0" skipped="%d"`, j.Command, j.total, j.failures, j.skipped)
	if _, err := fmt.Fprintf(j.Out, "%s<testsuites %s>\n  <testsuite %s>\n", xml.Header, counts, counts); err != nil {
		return err
	}
	if _, err := j.cases.WriteTo(j.Out); err != nil {
		return err
	}
	_, err := io.WriteString(j.Out, said.String()+"  </testsuite>\n</testsuites>\n")
	return err
}
