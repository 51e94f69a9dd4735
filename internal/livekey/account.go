package livekey

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

const (
	callLimit        = 30 * time.Second // for one answer
	credentialsLimit = 2 * time.Second
)

// An Account is AWS as one caller sees it.
type Account struct {
	ID     string
	Caller string // its ARN

	clock Clock
	iam   *iam.Client
	// Clients are kept, since each learns how far the clock here is off.
	regions map[string]clients
}

type clients struct {
	kms  *kms.Client
	ec2  *ec2.Client
	tags *resourcegroupstaggingapi.Client
}

// A Login says which credentials are used. The zero Login is what the environment says.
type Login struct {
	Profile string // of AWS's configuration
	Role    string // the ARN of one to assume with them
}

// Open finds credentials as every program of AWS does, and asks whose they are. It
// fails with findings, and when they are of another account than wanted.
func Open(ctx context.Context, account string, regions []string, clock Clock, login Login, options ...func(*config.LoadOptions) error) (*Account, error) {
	if login.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(login.Profile))
	}
	options = append([]func(*config.LoadOptions) error{
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(callLimit)),
		config.WithLogger(logging.Nop{}), // it would write in the middle of our output
	}, options...)
	if os.Getenv("AWS_SDK_UA_APP_ID") == "" {
		options = append(options, config.WithAppID("kublr-encryption"))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, found(code.NoCredentials, err.Error(), "check AWS_PROFILE and ~/.aws")
	}
	if len(regions) == 0 {
		return nil, found(code.RegionMissing, "no region is given", "give the intent's spec.regions, or the clusters' specs")
	}
	loaded.Region = regions[0]
	// A metadata service that does not answer would hold every command up.
	short, cancel := context.WithTimeout(ctx, credentialsLimit)
	defer cancel()
	if _, err := loaded.Credentials.Retrieve(short); err != nil {
		return nil, found(code.NoCredentials, "no credentials of AWS were found", "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	if login.Role != "" {
		assumed := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(loaded), login.Role, func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName = "kublr-encryption" })
		loaded.Credentials = aws.NewCredentialsCache(assumed)
		if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
			return nil, failed("sts:AssumeRole", login.Role, err)
		}
	}
	a := &Account{clock: clock, iam: iam.NewFromConfig(loaded), regions: map[string]clients{}}
	for _, region := range regions {
		loaded.Region = region
		a.regions[region] = clients{kms.NewFromConfig(loaded), ec2.NewFromConfig(loaded), resourcegroupstaggingapi.NewFromConfig(loaded)}
	}
	loaded.Region = regions[0]
	who, err := sts.NewFromConfig(loaded).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, failed("sts:GetCallerIdentity", "", err)
	}
	a.ID, a.Caller = aws.ToString(who.Account), aws.ToString(who.Arn)
	if a.ID != account {
		return nil, found(code.OtherAccount,
			fmt.Sprintf("the credentials are of account %s (%s), and the intent is about %s", a.ID, a.Caller, account), "use credentials of the intent's account")
	}
	return a, nil
}

// answered gives the error code with which AWS itself refused a call: then it has
// done nothing. It is empty when the call succeeded, and when nobody knows.
//
// What a proxy says has no request id. The SDK's ErrorFault does not know the codes
// that KMS does not model, such as AccessDeniedException.
func answered(err error) string {
	var response *awshttp.ResponseError
	var refusal smithy.APIError
	if errors.As(err, &response) && errors.As(err, &refusal) && response.HTTPStatusCode()/100 == 4 && response.ServiceRequestID() != "" {
		return refusal.ErrorCode()
	}
	return ""
}

var (
	deniedCodes  = []string{"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "AuthorizationError"}
	expiredCodes = []string{"ExpiredTokenException", "ExpiredToken", "RequestExpired", "UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidSignatureException"}
	absentCodes  = []string{"NotFoundException", "NoSuchEntity"}
	throttles    = []string{"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"}
)

func isDenied(err error) bool { return slices.Contains(deniedCodes, answered(err)) }
func isAbsent(err error) bool { return slices.Contains(absentCodes, answered(err)) }

// failed gives the finding of a call that failed, on a thing.
func failed(action, on string, err error) error {
	if err == nil {
		return nil
	}
	if known := (diag.Findings)(nil); errors.As(err, &known) {
		return err
	}
	if on != "" {
		on = " on " + on
	}
	var refusal smithy.APIError
	errors.As(err, &refusal)
	switch said := answered(err); {
	case isDenied(err):
		return found(code.Denied, action+on+" was denied", "`kublr-encryption key permissions` prints what is needed")
	case slices.Contains(expiredCodes, said):
		return found(code.NoCredentials, "the credentials are not valid: "+said, "sign in again and run the command again")
	case said == "LimitExceededException":
		return found(code.Limit, action+on+": "+refusal.ErrorMessage(), "ask AWS for more, or remove what is not needed")
	case said == "MalformedPolicyDocumentException":
		return found(code.PolicyRefused, action+on+": "+refusal.ErrorMessage(), "see `kublr-encryption policy check`")
	case said != "":
		return found(code.AWSFailed, action+on+": "+said+": "+refusal.ErrorMessage(), "run the command again")
	case errors.Is(err, context.Canceled):
		return found(code.AWSFailed, action+on+" was interrupted", "run the command again: it goes on where it stood")
	}
	return found(code.AWSFailed, fmt.Sprintf("%s%s: no answer: %s", action, on, plainly(err)), "run the command again")
}

// plainly gives what went wrong with a call without the SDK's account of it.
func plainly(err error) string {
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.HTTPStatusCode() != 0 {
		return fmt.Sprintf("status %d", response.HTTPStatusCode())
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return err.Error()
}
