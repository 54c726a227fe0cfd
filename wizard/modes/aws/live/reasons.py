"""The table of reasons: which words of which cloud, under which known facts, mean what, and what to do about it."""

from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION
from wizard.chain.reasons_shared import EVERYWHERE, target_rules
from wizard.chain.rule import Rule
from wizard.modes.aws.live.hops import APPLICATION, AWS_CREDENTIALS, CALLER_IDENTITY, CONFIG, PRINCIPAL
from wizard.modes.aws.live.known import AwsFacts

_CONFIG = (CONFIG,)
_CREDENTIALS = (AWS_CREDENTIALS,)
_EXCHANGE = (EXCHANGE, APPLICATION)
_IMPERSONATION = (IMPERSONATION, APPLICATION)
_AWS_SAID = (CALLER_IDENTITY, EXCHANGE, APPLICATION)

_DENIED = r"iam\.serviceAccounts\.getAccessToken|^PERMISSION_DENIED: The caller does not have permission"
_TOO_LONG = r"mapped attribute google\.subject exceeds"
RULES: tuple[Rule[AwsFacts], ...] = (
    *EVERYWHERE,
    Rule(
        (),
        r"vpcServiceControlsUniqueIdentifier",
        "a VPC Service Controls perimeter keeps the call out: it comes from outside, from AWS",
        "add an ingress rule for {member} to the perimeter",
    ),
    # The configuration.
    Rule(
        _CONFIG,
        r"'service_account', not external_account",
        "the file is a service account key, not a credential configuration: this is the key to be rid of",
        "name the credential configuration that was generated for the workload, and delete the key when it works",
    ),
    Rule(
        _CONFIG,
        r"File (?P<path>.+) was not found|GOOGLE_APPLICATION_CREDENTIALS is not set",
        "the credential configuration is not where the workload looks for it",
        "put the file into the image or mount it, and set GOOGLE_APPLICATION_CREDENTIALS to its path",
    ),
    Rule(
        _CONFIG,
        r"names an executable",
        "the file makes the client run a program, which is not done for a file that came from outside",
        "generate the file again with AWS as its source",
    ),
    Rule(
        _CONFIG,
        r"audience is not",
        "the audience must name the provider with the project's number: "
        "//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER",
        "write the number in place of the project's id, name the provider and not the pool, once and without https:",
    ),
    Rule(
        _CONFIG,
        r"not a known (token )?host",
        "the file would send tokens to a host that is not Google's",
        "do not use this file; generate it again",
    ),
    Rule(_CONFIG, r".", "the credential configuration cannot be used", "generate it again: gcloud and wif-wizard do"),
    # AWS credentials in the workload.
    Rule(
        _CREDENTIALS,
        r"^Withheld: .*does not let (?P<aws_service>\S+) assume",
        "{withheld}: the runtime starts the workload without credentials, or not at all",
        "let {aws_service} assume the role in its trust policy; without it the role belongs to another runtime",
    ),
    Rule(
        _CREDENTIALS,
        r"^Withheld: .*does not exist",
        "{withheld}",
        "create the role (wif-wizard apply does), or correct its name in the setup",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoRegion: ",
        "the AWS region is not known, so google-auth cannot sign for the region's endpoint",
        "set AWS_REGION to the workload's region in its environment; an empty value is as bad as none",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoCredentials: ",
        "the workload has no AWS credentials: none in the environment, no profile, no container or instance role",
        "ECS and Batch: set taskRoleArn / jobRoleArn (the execution role does not count); EC2: attach an instance "
        "profile; elsewhere: export AWS keys",
    ),
    Rule(
        _CREDENTIALS,
        r"^PartialCredentials: ",
        "half of a pair of AWS keys is set",
        "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary keys), or neither",
    ),
    Rule(
        _CREDENTIALS,
        r"^UnfollowedProfile: (?P<what>.*)",
        "{what}, which this test does not follow",
        "run the test with the credentials that result: aws configure export-credentials --format env",
    ),
    Rule(
        _CREDENTIALS,
        r"^ProfileNotFound: ",
        "AWS_PROFILE names a profile that is in neither the config file nor the credentials file",
        "correct or unset AWS_PROFILE",
    ),
    Rule(
        _CREDENTIALS,
        r"^(ContainerCredentials|UnsupportedHost|TokenFile|AccessDenied)",
        "the container credentials endpoint did not hand out credentials",
        "check that the task has a task role, and that nothing in the image overwrites AWS_CONTAINER_*",
    ),
    # AWS says no to the keys, to us or to Google, which replays our request.
    Rule(
        _AWS_SAID,
        r"ExpiredToken",
        "the AWS keys have expired",
        "fetch fresh ones; keys that were exported once from a role last for hours only: let the client renew them "
        "from the container or instance endpoint",
    ),
    Rule(
        _AWS_SAID,
        r"InvalidClientTokenId|UnrecognizedClientException",
        "AWS does not know these keys: deleted, of a region that is not enabled, or temporary without their token",
        "temporary keys (ASIA...) need AWS_SESSION_TOKEN beside them; else create new keys",
    ),
    Rule(
        _AWS_SAID,
        r"Credential should be scoped to a valid region",
        "the request is signed for another region than its endpoint's",
        "set AWS_REGION to a real region, and keep {{region}} in regional_cred_verification_url",
    ),
    Rule(
        _AWS_SAID,
        r"Signature expired|Signature not yet current|RequestExpired",
        "the clock of the workload is more than 15 minutes off",
        "set the clock (NTP)",
    ),
    Rule(
        _AWS_SAID,
        r"SignatureDoesNotMatch",
        "the secret key does not belong to the key id, or the signed request was changed on its way",
        "check AWS_SECRET_ACCESS_KEY (a line break, a quote, another key's secret)",
    ),
    # The token service.
    Rule(
        _EXCHANGE,
        r".",
        "the provider is for AWS account {provider_account}, the workload's credentials are from account {account}",
        "set the provider's account to {account}: gcloud iam workload-identity-pools providers update-aws {provider} "
        "--account-id={account}; or run the workload in {provider_account}",
        when=lambda facts: facts.is_other_account,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the workload identity pool is deleted; for 30 days it is kept, and its name is taken",
        "undelete it: gcloud iam workload-identity-pools undelete {pool}",
        when=lambda facts: facts.pool_deleted,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the provider is deleted; for 30 days it is kept, and its name is taken",
        "undelete it: gcloud iam workload-identity-pools providers undelete {provider}",
        when=lambda facts: facts.provider_deleted,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the workload identity pool is disabled: it exchanges nothing, and its tokens do not work",
        "enable it: gcloud iam workload-identity-pools update {pool} --no-disabled",
        when=lambda facts: facts.pool_disabled,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the provider is disabled: it exchanges nothing",
        "enable it: gcloud iam workload-identity-pools providers update-aws {provider} --no-disabled",
        when=lambda facts: facts.provider_disabled,
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the provider that the audience names does not exist, or it or its pool is disabled or deleted: {audience}",
        "compare the audience with: gcloud iam workload-identity-pools providers list --workload-identity-pool={pool} "
        "--show-deleted; it holds the project's number, never its id",
    ),
    Rule(
        _EXCHANGE,
        r"Invalid value for \"audience\"",
        "the audience is not the full name of a provider: {audience}",
        "write //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER",
    ),
    Rule(
        _EXCHANGE,
        r"rejected by the attribute condition",
        "the provider's attribute condition does not admit {arn}: {condition}",
        "let the condition name the role {role}, or give the workload the role that it names",
    ),
    Rule(
        (*_EXCHANGE, PRINCIPAL),
        _TOO_LONG,
        "the mapped subject is longer than 127 bytes: role name and session name together are too long",
        "map google.subject from account and role instead of the session ARN (wif-wizard plan shows the change)",
    ),
    Rule(
        _EXCHANGE,
        r"Invalid format of AWS credentials",
        "the signed AWS request could not be read by the token service",
        "let a Google auth library build it",
    ),
    # Impersonation.
    Rule(
        _IMPERSONATION,
        _DENIED,
        "nobody holds roles/iam.workloadIdentityUser on {service_account}: the workload may not act as it",
        "grant it to the workload: gcloud iam service-accounts add-iam-policy-binding {service_account} "
        "--role=roles/iam.workloadIdentityUser --member='{member}'",
        when=lambda facts: facts.nobody_bound,
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "roles/iam.workloadIdentityUser on {service_account} is granted to others, not to this role: {members}",
        "bind the role that the workload really has: {member}",
        when=lambda facts: facts.others_bound,
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "the binding on {service_account} is stored and names this workload, but is not enforced (yet)",
        "test again in some minutes; if it stays so, look for a condition on the binding or a deny policy",
        when=lambda facts: facts.bound,
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "the workload may not act as {service_account}: no roles/iam.workloadIdentityUser for it, a binding that names "
        "another role (an iam: role ARN in place of the sts: assumed-role one), or one that is minutes old",
        "the binding must name {member}",
        when=lambda facts: facts.impersonating,
    ),
    Rule(
        _IMPERSONATION,
        r"Gaia id not found",
        "the service account {service_account} does not exist: misspelt, deleted, or created a moment ago",
        "check its e-mail in service_account_impersonation_url, or create it",
    ),
    Rule(
        (IMPERSONATION,),
        r"INVALID_ARGUMENT",
        "the service account's e-mail or the token's lifetime is not accepted",
        "look for a stray quote or blank in the e-mail; a lifetime over 3600 s needs an organisation policy",
    ),
    *target_rules((PERMISSION, APPLICATION)),
    # The application's own way, where google-auth gives up before it asks Google.
    Rule(
        (APPLICATION,),
        r"metadata server security credentials endpoint|Unable to retrieve AWS (Session Token|role name)"
        r"|is not contacted by this test|169\.254\.169\.254",
        "google-auth looks for AWS keys in the environment and at the EC2 metadata service only, not where this "
        "runtime keeps them",
        "give google-auth an AwsSecurityCredentialsSupplier",
    ),
    Rule(
        (APPLICATION,),
        r"Unable to (determine|retrieve) AWS region",
        "the AWS region is not known to google-auth",
        "set AWS_REGION in the workload's environment",
    ),
)
"""From the particular to the general: the first row that fits is taken."""
