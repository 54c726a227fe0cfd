"""The code that gives an auth library the AWS keys of a container, for each language that needs it.

google-auth and golang.org/x/oauth2 read AWS keys only from the environment and from the EC2 metadata service. ECS,
Fargate and Batch serve them from a container endpoint, which the AWS SDKs read, and renew the keys.
"""

PYTHON = '''\
import json
import os
from pathlib import Path

import boto3
from google.auth import aws, exceptions

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


class ContainerKeys(aws.AwsSecurityCredentialsSupplier):
    """The keys of the task role, as boto3 finds them; boto3 renews them before they expire."""

    def __init__(self):
        self._session = boto3.Session()

    def get_aws_security_credentials(self, context, request):
        found = self._session.get_credentials()
        if found is None:
            raise exceptions.RefreshError("no AWS credentials found; check that the task has a task role")
        keys = found.get_frozen_credentials()
        return aws.AwsSecurityCredentials(keys.access_key, keys.secret_key, keys.token)

    def get_aws_region(self, context, request):
        return os.environ["AWS_REGION"]


def google_credentials():
    """Credentials for any Google Cloud client: Client(credentials=google_credentials())."""
    info = json.loads(Path(os.environ["GOOGLE_APPLICATION_CREDENTIALS"]).read_text(encoding="utf-8"))
    del info["credential_source"]  # the supplier takes its place
    info["aws_security_credentials_supplier"] = ContainerKeys()
    return aws.Credentials.from_info(info, scopes=SCOPES)
'''
"""The supplier for Python. It needs boto3 and google-auth 2.29 or newer, which has AwsSecurityCredentialsSupplier.

The supplier is passed in `info`: before 2.55, from_info() replaces a keyword argument of that name with `info`'s value.
"""

GO = """\
package googleauth

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google/externalaccount"
)

// containerKeys are the keys of the task role, as the AWS SDK finds them; the SDK renews them before they expire.
type containerKeys struct{ sdk aws.Config }

func (k containerKeys) AwsRegion(context.Context, externalaccount.SupplierOptions) (string, error) {
	if k.sdk.Region == "" {
		return "", errors.New("AWS_REGION is not set")
	}
	return k.sdk.Region, nil
}

func (k containerKeys) AwsSecurityCredentials(
	ctx context.Context, _ externalaccount.SupplierOptions,
) (*externalaccount.AwsSecurityCredentials, error) {
	keys, err := k.sdk.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	return &externalaccount.AwsSecurityCredentials{
		AccessKeyID:     keys.AccessKeyID,
		SecretAccessKey: keys.SecretAccessKey,
		SessionToken:    keys.SessionToken,
	}, nil
}

// TokenSource is for any Google Cloud client: NewClient(ctx, ..., option.WithTokenSource(source)).
func TokenSource(ctx context.Context) (oauth2.TokenSource, error) {
	text, err := os.ReadFile(os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"))
	if err != nil {
		return nil, err
	}
	var file struct {
		Audience         string `json:"audience"`
		SubjectTokenType string `json:"subject_token_type"`
		TokenURL         string `json:"token_url"`
		ImpersonationURL string `json:"service_account_impersonation_url"`
		Impersonation    struct {
			Lifetime int `json:"token_lifetime_seconds"`
		} `json:"service_account_impersonation"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	sdk, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	return externalaccount.NewTokenSource(ctx, externalaccount.Config{
		Audience:                       file.Audience,
		SubjectTokenType:               file.SubjectTokenType,
		TokenURL:                       file.TokenURL,
		ServiceAccountImpersonationURL: file.ImpersonationURL,
		ServiceAccountImpersonationLifetimeSeconds: file.Impersonation.Lifetime,
		Scopes:                         []string{"https://www.googleapis.com/auth/cloud-platform"},
		AwsSecurityCredentialsSupplier: containerKeys{sdk},
	})
}
"""
"""The supplier for Go. API: https://pkg.go.dev/golang.org/x/oauth2/google/externalaccount#AwsSecurityCredentialsSupplier."""
