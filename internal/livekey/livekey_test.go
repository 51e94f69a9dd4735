package livekey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
)

func TestMain(m *testing.M) {
	if text := os.Getenv(jobVariable); text != "" {
		os.Exit(work(text))
	}
	os.Exit(front.Main(m))
}

const alias = "alias/kublr-ebs"

// policyFor is the policy that the tests' intent wants in a region.
func policyFor(account, region string) json.RawMessage {
	statement := func(sid, principal, actions, condition string) string {
		return fmt.Sprintf(`{"Sid":%q,"Effect":"Allow","Principal":{"AWS":%q},"Action":%s,"Resource":"*"%s}`, sid, principal, actions, condition)
	}
	arn := "arn:aws:iam::" + account + ":"
	return json.RawMessage(`{"Version":"2012-10-17","Statement":[` + strings.Join([]string{
		statement("Allow administration of the key", arn+"root", `"kms:*"`, ""),
		statement("Allow use of the key by Kublr", arn+"user/kublr", `["kms:Decrypt","kms:DescribeKey","kms:GenerateDataKey*"]`, ""),
		statement("Allow access through EBS", "*", `["kms:Decrypt","kms:CreateGrant"]`,
			`,"Condition":{"StringEquals":{"kms:CallerAccount":"`+account+`","kms:ViaService":"ec2.`+region+`.amazonaws.com"}}`),
		statement("Allow use of the key by Auto Scaling", arn+"role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling", `"kms:Decrypt"`, ""),
	}, ",") + `]}`)
}

// wantedOf is what the tests' intent wants.
func wantedOf(account string, regions ...string) Wanted {
	slot := Slot{Intent: "production", Account: account, Partition: "aws", Alias: alias, Regions: regions, MultiRegion: len(regions) > 1, RotationDays: 365,
		Policies: map[string]json.RawMessage{}, Tags: map[string]string{"team": "platform"}, Description: "volumes"}
	for _, region := range regions {
		slot.Policies[region] = policyFor(account, region)
	}
	return Wanted{
		Account: account, Slots: []Slot{slot},
		Roles:      []ServiceLinkedRole{{Service: "autoscaling.amazonaws.com", Name: "AWSServiceRoleForAutoScaling"}},
		Principals: []string{"arn:aws:iam::" + account + ":root", "arn:aws:iam::" + account + ":user/kublr", "arn:aws:iam::" + account + ":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"},
	}
}

// skip is a clock that goes on when one waits, at once.
func skip(start time.Time) Clock {
	var mu sync.Mutex
	now := start
	return Clock{
		Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now },
		Sleep: func(_ context.Context, d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(d)
		},
	}
}

// atOnce is the SDK's retries, without their pauses.
func atOnce(o *config.LoadOptions) error {
	o.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	return nil
}

func open(t testing.TB, f *front.Front, clock Clock, regions ...string) *Account {
	t.Helper()
	a, err := openAs(f.URL, f.Account, f.Account, "secret", clock, regions...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func openAs(url, account, id, secret string, clock Clock, regions ...string) (*Account, error) {
	return Open(context.Background(), account, regions, clock, Login{},
		config.WithBaseEndpoint(url), config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(id, secret, "")), atOnce)
}

// account gives an account with Kublr's user in it.
func account(t testing.TB) *front.Front {
	t.Helper()
	f := front.New(t)
	if f.Call("us-east-1", "iam", "CreateUser", map[string]any{"UserName": "kublr"}) == nil {
		t.Fatal("no user could be made")
	}
	return f
}

// apply does what `key apply` does, by a plan that is made just before.
func apply(ctx context.Context, a *Account, w Wanted, allowed Allowed) (arns map[string]string, err error) {
	plan, err := a.PlanAll(ctx, w, allowed)
	if err != nil {
		return nil, err
	}
	made, errs := a.ApplyAll(ctx, w, plan, allowed)
	return made[0], errors.Join(errs...)
}

func writes(calls []front.Call) []string {
	var all []string
	for _, c := range calls {
		if c.Writes {
			all = append(all, c.String())
		}
	}
	return all
}

func TestEmptyAccount(t *testing.T) {
	t.Parallel()
	f := account(t)
	a := open(t, f, skip(time.Now()), "us-east-1")
	w := wantedOf(f.Account, "us-east-1")
	arns, err := apply(t.Context(), a, w, Allowed{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"us-east-1 iam:CreateServiceLinkedRole", "us-east-1 kms:CreateKey", "us-east-1 kms:CreateAlias", "us-east-1 kms:EnableKeyRotation"}
	calls := f.Calls()
	if got := writes(calls); !slices.Equal(got, want) {
		t.Errorf("wrote %v, want %v", got, want)
	}
	t.Log(len(calls), calls, arns)
	if _, err := apply(t.Context(), a, w, Allowed{}); err != nil {
		t.Fatal(err)
	}
	if got := writes(f.Calls()); got != nil {
		t.Errorf("a second apply wrote %v", got)
	}
}

func TestTwoRegions(t *testing.T) {
	t.Parallel()
	f := account(t)
	a := open(t, f, skip(time.Now()), "us-east-1", "eu-west-1", "us-west-2")
	w := wantedOf(f.Account, "us-east-1", "eu-west-1", "us-west-2")
	arns, err := apply(t.Context(), a, w, Allowed{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(writes(f.Calls()), arns)
	if _, err := apply(t.Context(), a, w, Allowed{}); err != nil {
		t.Fatal(err)
	}
	if got := writes(f.Calls()); got != nil {
		t.Errorf("a second apply wrote %v", got)
	}
}
