"""The code that gives an auth library the AWS keys of a container, for each language: 20 lines at most, and imports.

Google's auth libraries read AWS keys only from the environment and from the EC2 metadata service. ECS, Fargate and
Batch serve them from a container endpoint, which the AWS SDKs read, and renew the keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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

NODE = """\
const { readFileSync } = require('node:fs');
const { fromNodeProviderChain } = require('@aws-sdk/credential-providers');
const { AwsClient } = require('google-auth-library');

// Returns the AWS credentials of the task role. The AWS SDK finds the credentials, and renews them before they expire.
const taskRole = fromNodeProviderChain();

const supplier = {
  getAwsRegion: async () => process.env.AWS_REGION,
  getAwsSecurityCredentials: async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = await taskRole();
    return { accessKeyId, secretAccessKey, token: sessionToken };
  },
};

// For any Google Cloud client: new BigQuery({ authClient: googleAuthClient() }).
exports.googleAuthClient = () => {
  const config = JSON.parse(readFileSync(process.env.GOOGLE_APPLICATION_CREDENTIALS, 'utf8'));
  delete config.credential_source; // the supplier takes its place
  return new AwsClient({ ...config, aws_security_credentials_supplier: supplier });
};
"""
"""The supplier for Node. It needs google-auth-library 9.9 or newer, and @aws-sdk/credential-providers."""

JAVA = """\
import com.google.auth.oauth2.AwsCredentials;
import com.google.auth.oauth2.AwsSecurityCredentials;
import com.google.auth.oauth2.AwsSecurityCredentialsSupplier;
import com.google.auth.oauth2.ExternalAccountSupplierContext;
import com.google.auth.oauth2.GoogleCredentials;
import java.io.IOException;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** Returns the AWS credentials of the task role. The AWS SDK finds the credentials, and renews them in time. */
public final class GoogleAuth implements AwsSecurityCredentialsSupplier {
  private static final DefaultCredentialsProvider TASK_ROLE = DefaultCredentialsProvider.builder().build();

  @Override
  public String getRegion(ExternalAccountSupplierContext context) {
    return System.getenv("AWS_REGION");
  }

  @Override
  public AwsSecurityCredentials getCredentials(ExternalAccountSupplierContext context) {
    AwsSessionCredentials keys = (AwsSessionCredentials) TASK_ROLE.resolveCredentials();
    return new AwsSecurityCredentials(keys.accessKeyId(), keys.secretAccessKey(), keys.sessionToken());
  }

  /** For any Google Cloud client: setCredentialsProvider(FixedCredentialsProvider.create(GoogleAuth.credentials())). */
  public static GoogleCredentials credentials() throws IOException {
    AwsCredentials file = (AwsCredentials) GoogleCredentials.getApplicationDefault();
    return AwsCredentials.newBuilder(file).setCredentialSource(null)
        .setAwsSecurityCredentialsSupplier(new GoogleAuth()).build()
        .createScoped("https://www.googleapis.com/auth/cloud-platform");
  }
}
"""
"""The supplier for Java. It needs google-auth-library-oauth2-http 1.24 or newer, and the AWS SDK 2.x (auth)."""

_GO = """\
package googleauth

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"golang.org/x/oauth2"
	gcp "golang.org/x/oauth2/google/externalaccount"
)

// role has the keys of the task role, as the AWS SDK finds them; the SDK renews them before they expire.
type role struct{ aws.Config }

func (r role) AwsRegion(context.Context, gcp.SupplierOptions) (string, error) { return r.Region, nil }

func (r role) AwsSecurityCredentials(ctx context.Context, _ gcp.SupplierOptions) (*gcp.AwsSecurityCredentials, error) {
	k, err := r.Credentials.Retrieve(ctx)
	return &gcp.AwsSecurityCredentials{AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey, SessionToken: k.SessionToken}, err
}

// TokenSource is for any Google Cloud client: NewClient(ctx, ..., option.WithTokenSource(source)).
func TokenSource(ctx context.Context) (oauth2.TokenSource, error) {
	sdk, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	return gcp.NewTokenSource(ctx, gcp.Config{
%s
	})
}
"""  # noqa: E501 - gofmt's own lines


def go(config: Mapping[str, Any]) -> str:
    """Return the supplier for Go, which has the values of a credential configuration in its code.

    It needs golang.org/x/oauth2 0.18 or newer, and aws-sdk-go-v2. API:
    https://pkg.go.dev/golang.org/x/oauth2/google/externalaccount#AwsSecurityCredentialsSupplier
    """
    impersonation = config.get("service_account_impersonation") or {}
    fields = {
        "Audience": json.dumps(config.get("audience")),
        "SubjectTokenType": json.dumps(config.get("subject_token_type")),
        "TokenURL": json.dumps(_unusual(config.get("token_url"))),
        "ServiceAccountImpersonationURL": json.dumps(config.get("service_account_impersonation_url")),
        "ServiceAccountImpersonationLifetimeSeconds": json.dumps(impersonation.get("token_lifetime_seconds")),
        "Scopes": '[]string{"https://www.googleapis.com/auth/cloud-platform"}',
        "AwsSecurityCredentialsSupplier": "role{sdk}",
    }
    known = {name: value for name, value in fields.items() if value != "null"}
    # As gofmt aligns them: a name that is much longer than the others stands for itself.
    return _GO % "\n".join(f"\t\t{name + ':':<31} {value}," for name, value in known.items())


def _unusual(token_url: object) -> object:
    """Return a token URL, or None for the one that the library uses by itself."""
    return None if token_url == "https://sts.googleapis.com/v1/token" else token_url
