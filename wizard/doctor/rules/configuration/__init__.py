"""Rules about the credential configuration that a program reads."""
