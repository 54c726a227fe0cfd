// Package aws has the part of github.com/aws/aws-sdk-go-v2/aws that the recipe uses.
package aws

import "context"

type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

type CredentialsProvider interface {
	Retrieve(ctx context.Context) (Credentials, error)
}

type Config struct {
	Region      string
	Credentials CredentialsProvider
}
