package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

func newKey(s std) *cobra.Command {
	c := &cobra.Command{
		Use:   "key",
		Short: "Make the key of an intent in AWS, and keep it as wanted",
		Long: `Key makes the KMS keys that an intent names by an alias: one for each alias and
region, or one multi-region key. It never replaces, re-points or deletes a key that
is in use, and it may be interrupted anywhere: run it again.

Credentials, profiles, regions' endpoints and proxies are those of AWS's own tools.`,
		Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newKeyPlan(s), newKeyApply(s), newKeyCheck(s), newKeyPermissions(s))
	return c
}

// allowedFlags adds what a person must allow by itself.
func allowedFlags(c *cobra.Command) *livekey.Allowed {
	var a livekey.Allowed
	c.Flags().BoolVar(&a.Adopt, "adopt", false, "take over a key that was not made for the intent: merge into its policy")
	c.Flags().BoolVar(&a.Restore, "restore", false, "cancel the deletion of the key that the alias names, and enable it")
	c.Flags().BoolVar(&a.GiveBack, "give-back", false, "schedule the deletion of keys that were abandoned and never used")
	return &a
}

// readSlots is readWanted for a command that needs a key to make.
func readSlots(ctx context.Context, s std, file string, paths []string) (livekey.Wanted, error) {
	w, err := readWanted(ctx, s, file, paths)
	if err == nil && len(w.Slots) == 0 {
		err = usage("the intent names no key by an alias, so there is none to make")
	}
	return w, err
}

// plan reads AWS and gives what to do.
func plan(ctx context.Context, s std, with login, file string, paths []string, allowed livekey.Allowed) (*livekey.Account, livekey.Wanted, livekey.AccountPlan, error) {
	w, err := readSlots(ctx, s, file, paths)
	if err != nil {
		return nil, w, livekey.AccountPlan{}, err
	}
	a, err := with.open(ctx, w)
	if err != nil {
		return nil, w, livekey.AccountPlan{}, err
	}
	p, err := a.PlanAll(ctx, w, allowed)
	return a, w, p, err
}

func newKeyPlan(s std) *cobra.Command {
	var output, out string
	var detailed bool
	c := &cobra.Command{
		Use:   "plan -f INTENT [PATH...]",
		Short: "Say what `key apply` would do",
		Long: `Plan reads AWS and says what key apply would do, in order: + is made, ~ is changed,
- is given back. It writes nothing. Every other key that was made for the intent is
named as left over.`,
		Example: "  kublr-encryption key plan -f intent.yaml\n  kublr-encryption key plan -f intent.yaml clusters/ --detailed-exitcode",
	}
	file := intentFlag(c)
	with := loginFlags(c)
	allowed := allowedFlags(c)
	c.Flags().StringVarP(&output, "output", "o", "text", "form of the plan: text, json")
	c.Flags().StringVar(&out, "out", "", "a new file in which the plan is kept, for key apply FILE")
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, "0: as wanted; 1: an error; 2: changes; 3: incomplete")
	c.RunE = func(c *cobra.Command, paths []string) error {
		if output != "text" && output != "json" {
			return usage("--output %q: expected text or json", output)
		}
		if out != "" && *file == "-" {
			return usage("--out keeps where the intent stands, and stdin is no place")
		}
		_, w, p, err := plan(c.Context(), s, *with, *file, paths, *allowed)
		var wrong usageError
		if detailed && errors.As(err, &wrong) {
			fmt.Fprintf(s.err, "kublr-encryption: %s\n", diag.Safe(err.Error()))
			return exit(exitFindings)
		}
		if err != nil {
			return err
		}
		if err := show(s, p, output); err != nil {
			return err
		}
		if err := tell(s, p); err != nil {
			return err
		}
		if out != "" {
			if err := save(out, *file, *allowed, w, p); err != nil {
				return err
			}
		}
		if detailed && p.HasChanges() {
			return exit(2)
		}
		return nil
	}
	return c
}

// show prints a plan.
func show(s std, p livekey.AccountPlan, output string) error {
	if output == "text" {
		return p.Write(s.out, livekey.Wall.Now())
	}
	encoder := json.NewEncoder(s.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(p)
}

// tell says why slots are left as they are, and gives how the command ends then.
func tell(s std, p livekey.AccountPlan) error {
	refused, unread := p.Refused()
	for _, f := range slices.Concat(unread, refused) {
		if err := report.WriteFinding(report.Stream{Writer: s.err}, f); err != nil {
			return err
		}
	}
	switch {
	case len(unread) > 0 || livekey.IsIncomplete(refused):
		return exit(exitWorld)
	case len(refused) > 0:
		return exit(exitFindings)
	}
	return nil
}

func newKeyApply(s std) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "apply {-f INTENT [PATH...] | PLAN}",
		Short: "Make the keys of an intent, and keep them as wanted",
		Long: `Apply shows the plan, asks, and does exactly that. It ends when AWS shows what is
wanted three times in a row, and prints the keys' ARNs.

Only the word yes is a yes. --yes answers it in scripts, and allows none of --adopt,
--restore and --give-back: on a terminal each of them that would count is asked first,
by itself.

With the file of a plan that key plan --out has kept it does that plan, if the intent
and what is there are still the same.`,
		Example: "  kublr-encryption key apply -f intent.yaml\n  kublr-encryption key apply -f intent.yaml --yes",
	}
	file := intentFlag(c)
	with := loginFlags(c)
	allowed := allowedFlags(c)
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.RunE = func(c *cobra.Command, paths []string) error {
		if !yes && (!s.isTerminal || *file == "-") {
			return usage("nobody can be asked: without a terminal, key apply needs --yes")
		}
		a, w, p, err := planOrLoad(c.Context(), s, *with, *file, paths, allowed)
		if err != nil {
			return err
		}
		if err := p.Write(s.err, livekey.Wall.Now()); err != nil {
			return err
		}
		person := asking{s.err, bufio.NewReader(s.in)}
		if !yes && *file != "" {
			if p, err = person.allow(c.Context(), a, w, p, allowed); err != nil {
				return err
			}
		}
		if p.HasChanges() && !yes {
			if ok, err := person.says("Do this?"); err != nil {
				return err
			} else if !ok {
				fmt.Fprintln(s.err, "Nothing was done.")
				return exit(exitFindings)
			}
		}
		return do(c.Context(), s, a, w, p, *allowed)
	}
	return c
}

// An asking is a person at a terminal.
type asking struct {
	to   io.Writer
	from *bufio.Reader
}

// says asks a question, which only the word yes answers. It fails when the run was
// interrupted meanwhile.
func (a asking) says(question string) (bool, error) {
	fmt.Fprintf(a.to, "\n%s Only yes will do: ", question)
	answer, err := a.from.ReadString('\n')
	if !errors.Is(err, context.Canceled) {
		err = nil // the end of input is an answer
	}
	return strings.TrimSpace(answer) == "yes", err
}

// allow asks, flag by flag, for what a plan needs a word of its own for, and gives the
// plan with what was allowed. What was allowed may bring up another flag.
func (a asking) allow(ctx context.Context, account *livekey.Account, w livekey.Wanted, p livekey.AccountPlan, allowed *livekey.Allowed) (livekey.AccountPlan, error) {
	for declined := map[string]bool{}; ; {
		flag, asks := p.NextAsk(declined)
		if flag == "" {
			return p, nil
		}
		fmt.Fprintf(a.to, "\nWith --%s, which --yes does not imply:\n", flag)
		for _, ask := range asks {
			fmt.Fprintf(a.to, "  %s\n", diag.Safe(ask.Says))
		}
		ok, err := a.says("Allow this?")
		if err != nil {
			return p, err
		}
		if !ok {
			declined[flag] = true
			continue
		}
		asks[0].Allow(allowed)
		if p, err = account.PlanAll(ctx, w, *allowed); err != nil {
			return p, err
		}
		if err := p.Write(a.to, livekey.Wall.Now()); err != nil {
			return p, err
		}
	}
}

// planOrLoad makes a plan or, without an intent, loads the one that was kept.
func planOrLoad(ctx context.Context, s std, with login, file string, args []string, allowed *livekey.Allowed) (*livekey.Account, livekey.Wanted, livekey.AccountPlan, error) {
	if file != "" || len(args) != 1 {
		return plan(ctx, s, with, file, args, *allowed)
	}
	kept, err := load(args[0])
	if err == nil && *allowed != (livekey.Allowed{}) {
		err = usage("what a plan allows was said when it was made")
	}
	if err != nil {
		return nil, kept.Wanted, kept.Plan, err
	}
	*allowed = kept.Allowed
	a, err := with.open(ctx, kept.Wanted)
	return a, kept.Wanted, kept.Plan, err
}

// do does a plan, and prints the keys by region.
func do(ctx context.Context, s std, a *livekey.Account, w livekey.Wanted, p livekey.AccountPlan, allowed livekey.Allowed) error {
	arns, errs := a.ApplyAll(ctx, w, p, allowed)
	var all diag.Findings
	for _, err := range errs {
		var changed *livekey.Changed
		var found diag.Findings
		switch {
		case err == nil:
		case errors.As(err, &changed):
			now := p
			now.Roles, now.Slots, now.Notes = nil, []livekey.Plan{changed.New}, nil
			if err := now.Write(s.err, livekey.Wall.Now()); err != nil {
				return err
			}
			all = append(all, changed.Findings()...)
		case errors.As(err, &found):
			all = append(all, found...)
		default:
			return err
		}
	}
	for i, made := range arns {
		for _, region := range slices.Sorted(maps.Keys(made)) {
			fmt.Fprintf(s.out, "%s %s %s\n", region, p.Slots[i].Slot.Alias, made[region])
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

func newKeyPermissions(s std) *cobra.Command {
	var command string
	c := &cobra.Command{
		Use:   "permissions -f INTENT [PATH...]",
		Short: "Print the IAM policy that the commands need",
		Long: `Permissions prints the IAM policy that a caller needs to plan, apply or check an
intent, without asking AWS. It counts where a key's policy leaves decisions to IAM, as the
policies that are made do; the policy of another's key must do so too, or name the
caller.`,
		Example: "  kublr-encryption key permissions -f intent.yaml --for plan",
	}
	file := intentFlag(c)
	c.Flags().StringVar(&command, "for", string(livekey.Applying), fmt.Sprintf("the command, one of %s", livekey.Commands))
	c.RunE = func(c *cobra.Command, paths []string) error {
		by := livekey.Command(command)
		if !slices.Contains(livekey.Commands, by) {
			return usage("--for %q: expected one of %s", command, livekey.Commands)
		}
		w, err := readFor(c.Context(), s, by, *file, paths)
		if err != nil {
			return err
		}
		text, err := livekey.Permissions(w, by)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s\n", text)
		return err
	}
	return c
}

// readFor reads what a command wants of the account.
func readFor(ctx context.Context, s std, by livekey.Command, file string, paths []string) (livekey.Wanted, error) {
	if by != livekey.Checking {
		return readSlots(ctx, s, file, paths)
	}
	all, err := readToCheck(ctx, s, file, paths)
	return livekey.ToCheck(all.set, all.uses), err
}
