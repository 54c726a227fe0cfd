"""Rules about the AWS identity: the role, its trust policy, and the runtime that provides it."""
