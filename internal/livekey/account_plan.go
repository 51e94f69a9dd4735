package livekey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

// slotsAtOnce bounds how many slots are worked on side by side.
const slotsAtOnce = 4

// An AccountPlan is what to do in one account: service-linked roles first, then each
// slot.
type AccountPlan struct {
	Account      string   `json:"account"`
	AccountAlias string   `json:"accountAlias,omitempty"` // where it may be read
	Caller       string   `json:"caller"`
	Partition    string   `json:"partition"`
	Regions      []string `json:"regions"`
	Endpoints    []string `json:"endpoints,omitempty"` // that are not AWS's
	Roles        []Change `json:"roles"`
	Slots        []Plan   `json:"slots"`
	Notes        []string `json:"notes"`
}

// PlanAll reads all that is wanted and gives what to do. What cannot be read of one
// slot does not stop the others. It fails when principals are missing.
func (a *Account) PlanAll(ctx context.Context, w Wanted, allowed Allowed) (AccountPlan, error) {
	p := AccountPlan{Account: a.ID, Caller: a.Caller, Slots: make([]Plan, len(w.Slots)), Endpoints: endpoints()}
	for _, slot := range w.Slots {
		p.Partition = slot.Partition
		for _, region := range slot.Regions {
			if !slices.Contains(p.Regions, region) {
				p.Regions = append(p.Regions, region)
			}
		}
	}
	if out, err := a.iam.ListAccountAliases(ctx, &iam.ListAccountAliasesInput{}); err == nil && len(out.AccountAliases) > 0 {
		p.AccountAlias = out.AccountAliases[0]
	}
	var err error
	if p.Roles, p.Notes, err = a.PlanRoles(ctx, w); err != nil {
		return AccountPlan{}, err
	}
	errs := sideBySide(len(w.Slots), func(i int) (err error) {
		p.Slots[i], err = a.Plan(ctx, w, w.Slots[i], allowed)
		p.Slots[i].Slot = w.Slots[i]
		return err
	})
	for i, err := range errs {
		if err != nil {
			p.Slots[i].Unread = findings(err)
		}
	}
	return p, nil
}

// ApplyAll does a plan, and gives the ARNs of each slot's key by region, or why there
// is none. One slot's failure does not stop the others; where all are left as they are,
// nothing is written.
func (a *Account) ApplyAll(ctx context.Context, w Wanted, p AccountPlan, allowed Allowed) (arns []map[string]string, errs []error) {
	arns = make([]map[string]string, len(p.Slots))
	isLeft := func(s Plan) bool { return len(s.Unread) > 0 || len(s.Refusals) > 0 }
	if slices.ContainsFunc(p.Slots, func(s Plan) bool { return !isLeft(s) }) {
		if err := a.ApplyRoles(ctx, w); err != nil {
			return arns, []error{err}
		}
	}
	return arns, sideBySide(len(p.Slots), func(i int) (err error) {
		if s := p.Slots[i]; isLeft(s) {
			return slices.Concat(s.Unread, s.Refusals)
		}
		arns[i], err = a.Apply(ctx, w, p.Slots[i], allowed)
		return err
	})
}

// sideBySide does some things at once, and gives what became of each.
func sideBySide(n int, do func(i int) error) []error {
	errs := make([]error, n)
	free := make(chan bool, slotsAtOnce)
	var wait sync.WaitGroup
	for i := range n {
		free <- true
		wait.Go(func() {
			errs[i] = do(i)
			<-free
		})
	}
	wait.Wait()
	return errs
}

// findings gives an error of this package as findings.
func findings(err error) diag.Findings {
	var all diag.Findings
	if errors.As(err, &all) {
		return all
	}
	return found(code.AWSFailed, err.Error(), "run the command again")
}

// endpoints gives the addresses that the environment puts in place of AWS's.
func endpoints() []string {
	var all []string
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_ENDPOINT_URL") && value != "" {
			all = append(all, name+"="+value)
		}
	}
	slices.Sort(all)
	return all
}

// HasChanges tells whether there is something to do.
func (p AccountPlan) HasChanges() bool {
	return len(p.Roles) > 0 || slices.ContainsFunc(p.Slots, func(s Plan) bool { return len(s.Changes) > 0 })
}

// NextAsk gives a flag that a person may allow and has not declined, and all that it
// would do; an empty flag when there is none.
func (p AccountPlan) NextAsk(declined map[string]bool) (flag string, asks []Ask) {
	for _, s := range p.Slots {
		for _, ask := range s.Asks {
			if flag == "" && !declined[ask.Flag] {
				flag = ask.Flag
			}
			if ask.Flag == flag {
				asks = append(asks, ask)
			}
		}
	}
	return flag, asks
}

// Refused gives why slots are left as they are, and Unread why they could not be
// read.
func (p AccountPlan) Refused() (refused, unread diag.Findings) {
	for _, s := range p.Slots {
		refused = append(refused, s.Refusals...)
		unread = append(unread, s.Unread...)
	}
	return refused, unread
}

// Write prints the plan as a person reads it: + is made, ~ is changed, - is given
// back.
func (p AccountPlan) Write(out io.Writer, now time.Time) error {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(diag.Safe(fmt.Sprintf(format, args...)) + "\n") }
	line("account   %s", strings.TrimSpace(p.Account+" "+p.AccountAlias))
	line("caller    %s", p.Caller)
	line("partition %s", cmp.Or(p.Partition, "?"))
	line("regions   %s", strings.Join(p.Regions, ", "))
	for _, endpoint := range p.Endpoints {
		line("endpoint  %s, which is not AWS's", endpoint)
	}
	if len(p.Roles) > 0 {
		b.WriteByte('\n')
		line("service-linked roles")
	}
	for _, c := range p.Roles {
		line("  %s %s", c.sign(), c.Says)
	}
	for _, s := range p.Slots {
		b.WriteByte('\n')
		line("%s", s.Slot.named(""))
		for _, c := range s.Changes {
			where := ""
			if len(s.Slot.Regions) > 1 {
				where = c.Region + ": "
			}
			key := ""
			if c.Key != "" {
				key = " (" + c.Key + ")"
			}
			line("  %s %s%s%s", c.sign(), where, c.Says, key)
			for _, detail := range c.Lines {
				line("      %s", detail)
			}
		}
		switch {
		case len(s.Unread) > 0:
			line("  ? could not be read")
		case len(s.Refusals) > 0:
			line("  ! left as it is")
		case len(s.Changes) == 0:
			line("  = as wanted (%s)", s.Key)
		}
		for _, l := range s.LeftOver {
			offer := "kept"
			if l.Offered {
				offer = "--give-back schedules its deletion"
			}
			line("  left over: key %s in %s, %s, made %s ago: %s; %s", l.Key, l.Region, l.State, now.Sub(l.Created).Round(time.Minute), l.Why, offer)
		}
		for _, note := range s.Notes {
			line("  note: %s", note)
		}
	}
	for _, note := range p.Notes {
		line("note: %s", note)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
