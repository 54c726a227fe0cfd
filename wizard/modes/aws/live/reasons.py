"""The rules for AWS: which words of which cloud, with which facts, have which cause and which fix."""

from wizard.chain import network
from wizard.chain.hop import EXCHANGE, IMPERSONATION, NETWORK, PERMISSION
from wizard.chain.reasons_shared import EVERYWHERE, impersonation_rules, target_rules
from wizard.chain.rule import Rule
from wizard.modes.aws.live.credential_reasons import CREDENTIAL_RULES
from wizard.modes.aws.live.hops import APPLICATION, CALLER_IDENTITY, CONFIG, PRINCIPAL
from wizard.modes.aws.live.known import AwsFacts
from wizard.modes.aws.live.near_misses import (
    CONDITION_RULES,
    DENIED,
    GRANT_TO_IMPERSONATE,
    HOST_RULES,
    MEMBER_RULES,
)
from wizard.modes.aws.live.task_reasons import TASK_RULES

_CONFIG = (CONFIG,)
_SIGNED = (CALLER_IDENTITY, EXCHANGE, APPLICATION)
"""The hops in which AWS checks a signed request: our own, or the one that Google forwards."""
_EXCHANGE = (EXCHANGE, APPLICATION)
_IMPERSONATION = (IMPERSONATION, APPLICATION)

_CONFIG_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _CONFIG,
        r"'service_account', not external_account",
        "the tested file is a service account key, not a credential configuration",
        "use the credential configuration of the workload, and delete the service account key when the test passes",
        code="WIF0103",
    ),
    Rule(
        _CONFIG,
        r"File (?P<path>.+) was not found|GOOGLE_APPLICATION_CREDENTIALS is not set",
        "the workload does not have the credential configuration at the expected path",
        "add the credential configuration to the image or mount the file, then set GOOGLE_APPLICATION_CREDENTIALS to "
        "its path",
        code="WIF0101",
    ),
    Rule(
        _CONFIG,
        r"names an executable",
        "the credential configuration tells the client to run a program; the live test does not run programs",
        "generate the credential configuration again, with AWS as the credential source",
        code="WIF0110",
    ),
    Rule(
        _CONFIG,
        r"audience is not",
        "the audience must name the provider with the project number: "
        "//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER",
        "in the audience, use the project number, not the ID; include the provider, not only the pool; and remove "
        "the prefix https: and any repeated parts",
        code="WIF0106",
    ),
    Rule(
        _CONFIG,
        r"not a known (token )?host",
        "the credential configuration would send tokens to a host that does not belong to Google",
        "do not use this file: generate a new credential configuration",
        code="WIF0109",
    ),
    Rule(
        _CONFIG,
        r".",
        "the credential configuration is not valid",
        "generate the credential configuration again, with wif-wizard apply or with gcloud",
        code="WIF0111",
    ),
)

_NO_WAY_OUT = (
    "give the workload internet access: in a private subnet, add a route to a NAT gateway; on Fargate in a "
    "public subnet, set assignPublicIp to ENABLED; or set HTTPS_PROXY if the network has a proxy"
)

_SIGNED_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _SIGNED,
        r"ExpiredToken",
        "the AWS access keys in the environment variables have expired: a program or a person exported them, and "
        "nothing renews exported access keys",
        "do not export AWS access keys in the workload. Use a supplier that renews the access keys (see the Result "
        "page), or start the application with wif-wizard serve-credentials",
        when=lambda facts: facts.exported,
        code="WIF0221",
    ),
    Rule(
        _SIGNED,
        r"ExpiredToken",
        "the AWS credentials have expired",
        "get new AWS credentials. Exported credentials of a role expire after a few hours: let the client renew the "
        "credentials from the container endpoint or the instance metadata service",
        code="WIF0221",
    ),
    Rule(
        _SIGNED,
        r"InvalidClientTokenId|UnrecognizedClientException",
        "AWS does not recognize these access keys: someone deleted the keys, the region is not enabled, or the keys "
        "are temporary and the session token is missing",
        "temporary access keys (ASIA...) need AWS_SESSION_TOKEN: set the variable, or create new keys",
        code="WIF0222",
    ),
    Rule(
        _SIGNED,
        r"Credential should be scoped to a valid region",
        "the client signed the request for a different region than the region of the endpoint",
        "set AWS_REGION to a valid region, and keep {{region}} in regional_cred_verification_url",
        code="WIF0225",
    ),
    Rule(
        _SIGNED,
        r"Signature expired|Signature not yet current|RequestExpired",
        "the clock of the workload is wrong by more than 15 minutes",
        "set the clock, for example with NTP",
        code="WIF0226",
    ),
    Rule(
        _SIGNED,
        r"SignatureDoesNotMatch",
        "the secret access key does not belong to the access key ID, or a proxy changed the signed request",
        "check that AWS_SECRET_ACCESS_KEY contains no line break or quote, and belongs to the access key ID",
        code="WIF0224",
    ),
)

_EXCHANGE_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _EXCHANGE,
        r".",
        "the provider is for {provider_type}, not for AWS, so the provider does not accept AWS credentials",
        "use a provider for AWS in the pool: write the name of a new provider in the setup, then run wif-wizard apply",
        when=lambda facts: facts.is_other_type,
        code="WIF0308",
    ),
    Rule(
        _EXCHANGE,
        r".",
        "the provider is for AWS account {provider_account}, but the workload's credentials are from account {account}",
        "in the pool, use a provider for AWS account {account}: write the provider's name in the setup, then run "
        "wif-wizard apply; or run the workload in account {provider_account}",
        when=lambda facts: facts.is_other_account,
        code="WIF0309",
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the workload identity pool is deleted; Google Cloud keeps the pool, and reserves its name, for 30 days",
        "undelete the pool, so that all identities that its providers accept can get tokens again: gcloud iam "
        "workload-identity-pools undelete {pool}",
        when=lambda facts: facts.pool_deleted,
        code="WIF0305",
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the provider is deleted; Google Cloud keeps the provider, and reserves its name, for 30 days",
        "undelete the provider, so that all identities that its condition accepts can get tokens again: gcloud iam "
        "workload-identity-pools providers undelete {provider}",
        when=lambda facts: facts.provider_deleted,
        code="WIF0306",
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the workload identity pool is disabled: Google Cloud does not exchange tokens for the pool, and rejects the "
        "existing tokens of the pool",
        "enable the pool, so that all identities that its providers accept can get tokens again: gcloud iam "
        "workload-identity-pools update {pool} --no-disabled",
        when=lambda facts: facts.pool_disabled,
        code="WIF0303",
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the provider is disabled: Google Cloud does not exchange tokens through the provider",
        "enable the provider, so that all identities that its condition accepts can get tokens again: gcloud iam "
        "workload-identity-pools providers update-aws {provider} --no-disabled",
        when=lambda facts: facts.provider_disabled,
        code="WIF0304",
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the audience names a provider that does not exist, or the provider or its pool is disabled or deleted: "
        "{audience}",
        "the audience must contain the project number, not the project ID; compare the audience with the providers "
        "of the pool: gcloud iam workload-identity-pools providers list --workload-identity-pool={pool} "
        "--show-deleted",
        code="WIF0302",
    ),
    Rule(
        _EXCHANGE,
        r"Invalid value for \"audience\"",
        "the audience is not the full name of a provider: {audience}",
        "write //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER",
        code="WIF0106",
    ),
    *CONDITION_RULES,
    Rule(
        (*_EXCHANGE, PRINCIPAL),
        r"mapped attribute google\.subject exceeds",
        "the mapped subject is longer than 127 bytes: the role name and the session name together are too long",
        "use a separate provider that maps the account and the role to google.subject: write the provider's name "
        "in the setup, then run wif-wizard apply",
        code="WIF0314",
    ),
    Rule(
        _EXCHANGE,
        r"Invalid format of AWS credentials",
        "the token service could not read the signed AWS request",
        "let a Google auth library create the request",
        code="WIF0315",
    ),
)

_IMPERSONATION_RULES: tuple[Rule[AwsFacts], ...] = (
    *Rule[AwsFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        "no principal has roles/iam.workloadIdentityUser on {service_account}, so the workload does not have "
        "permission to impersonate this account",
        GRANT_TO_IMPERSONATE,
        when=lambda facts: facts.nobody_bound,
        code="WIF0401",
    ),
    *Rule[AwsFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        ("roles/iam.workloadIdentityUser on {service_account} is granted to {members}, but not to this workload"),
        GRANT_TO_IMPERSONATE,
        when=lambda facts: facts.others_bound,
        code="WIF0402",
    ),
    Rule[AwsFacts](
        _IMPERSONATION,
        DENIED,
        "the grant on {service_account} names this workload, but is not effective",
        "test again in a few minutes; if the test still fails, look for a condition on the binding or for a deny "
        "policy",
        when=lambda facts: facts.bound,
        code="WIF0404",
    ),
    *Rule[AwsFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        "the workload does not have permission to impersonate {service_account}. Possible causes: "
        "roles/iam.workloadIdentityUser is not granted; the binding names another AWS role, or has the ARN of the "
        "IAM role instead of the ARN of its sessions; the grant is only minutes old",
        GRANT_TO_IMPERSONATE,
        when=lambda facts: facts.impersonating,
        code="WIF0403",
    ),
    Rule[AwsFacts](
        _IMPERSONATION,
        r"Gaia id not found",
        "Google Cloud does not find the service account {service_account}: the name is misspelled, or the account is "
        "deleted or only minutes old",
        "correct the account's email address in the setup and in service_account_impersonation_url, or create the "
        "service account with wif-wizard apply",
        code="WIF0405",
    ),
    Rule[AwsFacts](
        (IMPERSONATION,),
        r"INVALID_ARGUMENT",
        "the email address of the service account or the lifetime of the token is not valid",
        "look for a stray quote or space in the email address; a lifetime of more than 3600 seconds requires an "
        "organization policy that allows this lifetime",
        code="WIF0417",
    ),
)

_APPLICATION_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        (APPLICATION,),
        r"Connection refused",
        "no server answers at {server}, the address that the credential configuration names for AWS credentials",
        (
            "start the application with wif-wizard serve-credentials, or run this command in a sidecar container in "
            "the task or pod"
        ),
        when=lambda facts: facts.server != "",
        code="WIF0235",
    ),
    Rule(
        (APPLICATION,),
        r"metadata server security credentials endpoint|Unable to retrieve AWS (Session Token|role name)"
        r"|this test does not call|169\.254\.169\.254",
        "the pod gets its AWS credentials from EKS Pod Identity, which google-auth does not support",
        "set runtime: eks in the setup, so that the pod needs no IAM role; or give google-auth an "
        "AwsSecurityCredentialsSupplier backed by botocore",
        when=lambda facts: facts.pod_identity,
        code="WIF0218",
    ),
    Rule(
        (APPLICATION,),
        r"metadata server security credentials endpoint|Unable to retrieve AWS (Session Token|role name)"
        r"|this test does not call|169\.254\.169\.254",
        "google-auth looks for AWS access keys only in the environment and at the instance metadata service, but this "
        "runtime serves the access keys at another endpoint",
        "give google-auth an AwsSecurityCredentialsSupplier",
        code="WIF0202",
    ),
    Rule(
        (APPLICATION,),
        r"Unable to (determine|retrieve) AWS region",
        "google-auth does not know the AWS region",
        "set AWS_REGION in the workload's environment",
        code="WIF0227",
    ),
)
"""google-auth stops before it calls Google."""

_PERIMETER: Rule[AwsFacts] = Rule(
    (),
    r"vpcServiceControlsUniqueIdentifier",
    "a VPC Service Controls perimeter blocks the call, because the call comes from AWS, outside the perimeter",
    "add an ingress rule for {member} to the perimeter",
    code="WIF0518",
)

RULES: tuple[Rule[AwsFacts], ...] = (
    *TASK_RULES,
    *EVERYWHERE,
    _PERIMETER,
    *_CONFIG_RULES,
    *CREDENTIAL_RULES,
    *network.rules((NETWORK,), _NO_WAY_OUT),
    *_SIGNED_RULES,
    *HOST_RULES,
    *_EXCHANGE_RULES,
    *MEMBER_RULES,
    *impersonation_rules(_IMPERSONATION, DENIED),
    *_IMPERSONATION_RULES,
    *target_rules((PERMISSION, APPLICATION)),
    *_APPLICATION_RULES,
)
"""From specific to general: the first rule that matches is used."""
