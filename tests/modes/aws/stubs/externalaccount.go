// Package externalaccount has the part of golang.org/x/oauth2/google/externalaccount (0.18 and newer) that the recipe
// uses: https://pkg.go.dev/golang.org/x/oauth2/google/externalaccount
package externalaccount

import (
	"context"

	"golang.org/x/oauth2"
)

type SupplierOptions struct{ Audience, SubjectTokenType string }

type AwsSecurityCredentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

type AwsSecurityCredentialsSupplier interface {
	AwsRegion(ctx context.Context, options SupplierOptions) (string, error)
	AwsSecurityCredentials(ctx context.Context, options SupplierOptions) (*AwsSecurityCredentials, error)
}

type Config struct {
	Audience, SubjectTokenType, TokenURL       string
	ServiceAccountImpersonationURL             string
	ServiceAccountImpersonationLifetimeSeconds int
	Scopes                                     []string
	AwsSecurityCredentialsSupplier             AwsSecurityCredentialsSupplier
}

func NewTokenSource(context.Context, Config) (oauth2.TokenSource, error) { return nil, nil }
