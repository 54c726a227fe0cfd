"""The rules for AWS: which words of which cloud, with which facts, have which cause and which fix."""

from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION
from wizard.chain.reasons_shared import EVERYWHERE, impersonation_rules, target_rules
from wizard.chain.rule import Rule
from wizard.modes.aws.live.hops import APPLICATION, AWS_CREDENTIALS, CALLER_IDENTITY, CONFIG, PRINCIPAL
from wizard.modes.aws.live.known import AwsFacts
from wizard.modes.aws.live.near_misses import CONDITION_RULES, DENIED, GRANT_TO_IMPERSONATE, MEMBER_RULES

_CONFIG = (CONFIG,)
_CREDENTIALS = (AWS_CREDENTIALS,)
_SIGNED = (CALLER_IDENTITY, EXCHANGE, APPLICATION)
"""The hops in which AWS checks a signed request: our own, or the one that Google forwards."""
_EXCHANGE = (EXCHANGE, APPLICATION)
_IMPERSONATION = (IMPERSONATION, APPLICATION)

_CONFIG_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _CONFIG,
        r"'service_account', not external_account",
        "the file is a service account key, not a credential configuration",
        "use the credential configuration that was generated for the workload, and delete the key when the test passes",
    ),
    Rule(
        _CONFIG,
        r"File (?P<path>.+) was not found|GOOGLE_APPLICATION_CREDENTIALS is not set",
        "the credential configuration is not where the workload looks for it",
        "add the file to the image or mount it, and set GOOGLE_APPLICATION_CREDENTIALS to its path",
    ),
    Rule(
        _CONFIG,
        r"names an executable",
        "the file makes the client run a program, which the live test does not do",
        "generate the file again, with AWS as its source",
    ),
    Rule(
        _CONFIG,
        r"audience is not",
        "the audience must name the provider with the project number: "
        "//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER",
        "use the project number instead of the project ID, name the provider and not only the pool, write the name "
        "once, and remove https:",
    ),
    Rule(
        _CONFIG,
        r"not a known (token )?host",
        "the file would send tokens to a host that does not belong to Google",
        "do not use this file; generate it again",
    ),
    Rule(
        _CONFIG,
        r".",
        "the credential configuration is not valid",
        "generate it again, with wif-wizard apply or with gcloud",
    ),
)

_CREDENTIALS_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _CREDENTIALS,
        r"^Withheld: .* denies it to ",
        "{withheld}. A Deny overrides every Allow, so the runtime starts the workload without credentials, or does not "
        "start it",
        "ask the owner of the role to exempt this workload from the Deny, or use another role",
    ),
    Rule(
        _CREDENTIALS,
        r"^Withheld: .*does not let (?P<aws_service>\S+) assume",
        "{withheld}, so the runtime starts the workload without credentials, or does not start it",
        "run wif-wizard apply, which lets {aws_service} assume the role in its trust policy, or use another role",
    ),
    Rule(
        _CREDENTIALS,
        r"^Withheld: .*does not exist",
        "{withheld}",
        "create the role with wif-wizard apply, or correct its name in the setup",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoRegion: ",
        "the AWS region is not known, so google-auth cannot sign requests for a regional endpoint",
        "set AWS_REGION to the workload's region in its environment; an empty value does not count",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoCredentials: ",
        "the workload has no AWS credentials: the environment, the profiles, the container and the instance give none",
        "ECS and Batch: set taskRoleArn or jobRoleArn (the execution role does not count); EC2: attach an instance "
        "profile; elsewhere: export AWS keys",
    ),
    Rule(
        _CREDENTIALS,
        r"^PartialCredentials: .*missing: (?P<missing_key>AWS_\w+)",
        "{missing_key} is not set, although the other AWS key is",
        "set {missing_key} too, and AWS_SESSION_TOKEN for temporary keys, or unset the other key",
    ),
    Rule(
        _CREDENTIALS,
        r"^WebIdentity: .*: (?P<web_role>\S+)$",
        "the workload gets its role by a web identity token (IRSA): {web_role}. google-auth does not read it, and "
        "takes the role of the node instead, or finds no credentials",
        "give google-auth an AwsSecurityCredentialsSupplier backed by botocore; to test as this role, export its keys "
        'first: eval "$(aws configure export-credentials --format env)"',
    ),
    Rule(
        _CREDENTIALS,
        r"^PodIdentity: ",
        "the EKS Pod Identity agent does not give the pod credentials",
        "check that the pod's service account has a pod identity association, and that the add-on "
        "eks-pod-identity-agent runs on the node",
    ),
    Rule(
        _CREDENTIALS,
        r"^PartialCredentials: ",
        "only one of the two AWS keys is set",
        "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary keys), or neither",
    ),
    Rule(
        _CREDENTIALS,
        r"^UnfollowedProfile: (?P<what>.*)",
        "the live test does not support this source of credentials: {what}",
        'export the credentials, and run the test with them: eval "$(aws configure export-credentials --format env)"',
    ),
    Rule(
        _CREDENTIALS,
        r"^ProfileNotFound: ",
        "AWS_PROFILE names a profile that neither the config file nor the credentials file has",
        "correct or unset AWS_PROFILE",
    ),
    Rule(
        _CREDENTIALS,
        r"^(ContainerCredentials|UnsupportedHost|TokenFile|AccessDenied)",
        "the container credentials endpoint did not return credentials",
        "check that the task has a task role, and that nothing in the image overwrites the AWS_CONTAINER_* variables",
    ),
)

_SIGNED_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _SIGNED,
        r"ExpiredToken",
        "the AWS keys have expired",
        "get new keys; keys that were exported from a role expire after some hours, so let the client renew them "
        "from the container or instance endpoint",
    ),
    Rule(
        _SIGNED,
        r"InvalidClientTokenId|UnrecognizedClientException",
        "AWS does not know these keys: they were deleted, they are from a region that is not enabled, or they are "
        "temporary and their session token is missing",
        "temporary keys (ASIA...) need AWS_SESSION_TOKEN; otherwise create new keys",
    ),
    Rule(
        _SIGNED,
        r"Credential should be scoped to a valid region",
        "the request is signed for another region than that of its endpoint",
        "set AWS_REGION to a valid region, and keep {{region}} in regional_cred_verification_url",
    ),
    Rule(
        _SIGNED,
        r"Signature expired|Signature not yet current|RequestExpired",
        "the clock of the workload is wrong by more than 15 minutes",
        "set the clock, for example with NTP",
    ),
    Rule(
        _SIGNED,
        r"SignatureDoesNotMatch",
        "the secret key does not belong to the key ID, or the signed request was changed on its way",
        "check AWS_SECRET_ACCESS_KEY for a line break, a quote, or the secret of another key",
    ),
)

_EXCHANGE_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _EXCHANGE,
        r".",
        "the provider is for {provider_type}, not for AWS, so it does not accept AWS credentials",
        "use a provider for AWS in the pool: write the name of a new provider in the setup, then run wif-wizard apply",
        when=lambda facts: facts.is_other_type,
    ),
    Rule(
        _EXCHANGE,
        r".",
        "the provider is for AWS account {provider_account}, but the workload's credentials are from account {account}",
        "use a provider of the pool for AWS account {account}: write its name in the setup, then run wif-wizard apply; "
        "or run the workload in account {provider_account}",
        when=lambda facts: facts.is_other_account,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the workload identity pool is deleted; Google Cloud keeps it, and reserves its name, for 30 days",
        "undelete it, which admits again everyone whom its providers admit: gcloud iam workload-identity-pools "
        "undelete {pool}",
        when=lambda facts: facts.pool_deleted,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the provider is deleted; Google Cloud keeps it, and reserves its name, for 30 days",
        "undelete it, which admits again everyone whom its condition admits: gcloud iam workload-identity-pools "
        "providers undelete {provider}",
        when=lambda facts: facts.provider_deleted,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the workload identity pool is disabled: it exchanges no tokens, and tokens that it issued do not work",
        "enable it, which admits again everyone whom its providers admit: gcloud iam workload-identity-pools update "
        "{pool} --no-disabled",
        when=lambda facts: facts.pool_disabled,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the provider is disabled: it exchanges no tokens",
        "enable it, which admits again everyone whom its condition admits: gcloud iam workload-identity-pools "
        "providers update-aws {provider} --no-disabled",
        when=lambda facts: facts.provider_disabled,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the provider that the audience names does not exist, or it or its pool is disabled or deleted: {audience}",
        "the audience must contain the project number, not the project ID; compare it with the providers that the pool "
        "has: gcloud iam workload-identity-pools providers list --workload-identity-pool={pool} --show-deleted",
    ),
    Rule(
        _EXCHANGE,
        r"Invalid value for \"audience\"",
        "the audience is not the full name of a provider: {audience}",
        "write //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER",
    ),
    *CONDITION_RULES,
    Rule(
        (*_EXCHANGE, PRINCIPAL),
        r"mapped attribute google\.subject exceeds",
        "the mapped subject is longer than 127 bytes: the role name and the session name together are too long",
        "use a provider of its own, which maps google.subject from the account and the role: write its new name in the "
        "setup, then run wif-wizard apply",
    ),
    Rule(
        _EXCHANGE,
        r"Invalid format of AWS credentials",
        "the token service could not read the signed AWS request",
        "let a Google auth library create the request",
    ),
)

_IMPERSONATION_RULES: tuple[Rule[AwsFacts], ...] = (
    *Rule[AwsFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        "nobody has roles/iam.workloadIdentityUser on {service_account}, so the workload does not have permission to "
        "impersonate it",
        GRANT_TO_IMPERSONATE,
        when=lambda facts: facts.nobody_bound,
    ),
    *Rule[AwsFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        "roles/iam.workloadIdentityUser on {service_account} is granted to others, but not to this workload: {members}",
        GRANT_TO_IMPERSONATE,
        when=lambda facts: facts.others_bound,
    ),
    Rule[AwsFacts](
        _IMPERSONATION,
        DENIED,
        "the grant on {service_account} is stored and names this workload, but it is not effective (yet)",
        "test again in a few minutes; if it still fails, look for a condition on the binding or a deny policy",
        when=lambda facts: facts.bound,
    ),
    *Rule[AwsFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        "the workload does not have permission to impersonate {service_account}: roles/iam.workloadIdentityUser is "
        "not granted to it, the binding names another role (an iam: role ARN instead of the sts: assumed-role ARN), "
        "or the grant is only minutes old",
        GRANT_TO_IMPERSONATE,
        when=lambda facts: facts.impersonating,
    ),
    Rule[AwsFacts](
        _IMPERSONATION,
        r"Gaia id not found",
        "the service account {service_account} does not exist: its name is misspelled, or it was deleted, or it was "
        "created a moment ago",
        "correct its e-mail in the setup and in service_account_impersonation_url, or create the service account with "
        "wif-wizard apply",
    ),
    Rule[AwsFacts](
        (IMPERSONATION,),
        r"INVALID_ARGUMENT",
        "the service account's e-mail or the token's lifetime is not valid",
        "look for a stray quote or space in the e-mail; a lifetime over 3600 s needs an organization policy",
    ),
)

_APPLICATION_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        (APPLICATION,),
        r"metadata server security credentials endpoint|Unable to retrieve AWS (Session Token|role name)"
        r"|is not contacted by this test|169\.254\.169\.254",
        "google-auth looks for AWS keys only in the environment and at the EC2 metadata service, not where this "
        "runtime keeps them",
        "give google-auth an AwsSecurityCredentialsSupplier",
    ),
    Rule(
        (APPLICATION,),
        r"Unable to (determine|retrieve) AWS region",
        "google-auth does not know the AWS region",
        "set AWS_REGION in the workload's environment",
    ),
)
"""google-auth stops before it calls Google."""

_PERIMETER: Rule[AwsFacts] = Rule(
    (),
    r"vpcServiceControlsUniqueIdentifier",
    "a VPC Service Controls perimeter blocks the call, because it comes from outside the perimeter, from AWS",
    "add an ingress rule for {member} to the perimeter",
)

RULES: tuple[Rule[AwsFacts], ...] = (
    *EVERYWHERE,
    _PERIMETER,
    *_CONFIG_RULES,
    *_CREDENTIALS_RULES,
    *_SIGNED_RULES,
    *_EXCHANGE_RULES,
    *MEMBER_RULES,
    *impersonation_rules(_IMPERSONATION, DENIED),
    *_IMPERSONATION_RULES,
    *target_rules((PERMISSION, APPLICATION)),
    *_APPLICATION_RULES,
)
"""From specific to general: the first rule that matches is used."""
