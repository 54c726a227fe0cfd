// Package oauth2 has the part of golang.org/x/oauth2 that the recipe uses.
package oauth2

type TokenSource interface{}
