package main

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey"
)

// A login is whose credentials a command uses, as its flags say.
type login struct {
	profiles []string // ACCOUNT=NAME
	role     string   // a role's name
}

func loginFlags(c *cobra.Command) *login {
	var l login
	c.Flags().StringArrayVar(&l.profiles, "profile", nil, "the profile of AWS's configuration for an account, as `ACCOUNT=NAME`; repeatable")
	c.Flags().StringVar(&l.role, "assume-role", "", "the `name` of a role of the intent's account to assume")
	return &l
}

var (
	profileForm = regexp.MustCompile(`^\d{12}=.+$`)
	roleForm    = regexp.MustCompile(`^[\w+=,.@/-]+$`)
)

// of gives the login for an account. Whose it is AWS is asked in any case.
func (l login) of(account, partition string) (livekey.Login, error) {
	var out livekey.Login
	for _, p := range l.profiles {
		if !profileForm.MatchString(p) {
			return out, usage("--profile %q: expected ACCOUNT=NAME", p)
		}
	}
	if l.role != "" && !roleForm.MatchString(l.role) {
		return out, usage("--assume-role %q: expected the name of a role", l.role)
	}
	at := slices.IndexFunc(l.profiles, func(p string) bool { return strings.HasPrefix(p, account+"=") })
	switch {
	case at >= 0:
		out.Profile = l.profiles[at][len(account)+1:]
	case len(l.profiles) > 0:
		return out, usage("no --profile is for account %s, which the intent is about", account)
	}
	if l.role != "" {
		out.Role = "arn:" + partition + ":iam::" + account + ":role/" + l.role
	}
	return out, nil
}

// open finds the credentials of the account that keys are wanted in.
func (l login) open(ctx context.Context, w livekey.Wanted) (*livekey.Account, error) {
	var regions []string
	partition := "aws"
	for _, slot := range w.Slots {
		regions = append(regions, slot.Regions...)
		partition = slot.Partition
	}
	with, err := l.of(w.Account, partition)
	if err != nil {
		return nil, err
	}
	return livekey.Open(ctx, w.Account, regions, livekey.Wall, with)
}
