"""The live test's own sentences that are data, in the language that is spoken.

The probe, which runs anywhere, has only English, and rules read the words of a refusal. So these sentences stay in
English until they are shown: then a sentence is recognised by its template, and filled again in the other language.
What is not recognised, such as the words of a cloud, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from wizard import language, recognised
from wizard.federation.trust import title_in_language
from wizard.language import N_, translated

_SOURCES = (
    N_("environment"),
    N_("profile"),
    N_("container endpoint (relative URI)"),
    N_("container endpoint (full URI)"),
    N_("instance metadata"),
)
"""Where the probe found AWS credentials."""

_SOURCE_WITH_ROLE = N_("{source} (role {role})")

SENTENCES = (
    # evidence
    N_("GOOGLE_APPLICATION_CREDENTIALS is not set, so the test used the credential configuration in the probe script"),
    N_("the live test read the file {path}"),
    N_("the credential configuration is valid, and names the provider {provider} in the pool {pool}"),
    N_("these fields of {path} differ from the probe script's credential configuration: {differing}"),
    N_("the token has the issuer {issuer}, the subject {subject} and the audience {audiences}"),
    N_("the token expires in {seconds} s"),
    N_("the token expired {seconds} s ago"),
    N_("the pod also has the IAM role {role} (IRSA), which Google's auth libraries do not use"),
    N_("the pod also has an IAM role (EKS Pod Identity), which Google's auth libraries do not use"),
    N_("the AWS credentials are from {source}, and are valid until {until}"),
    N_("the AWS credentials are from {source}"),
    N_("boto3 and google-auth ignore AWS_SECRET_ACCESS_KEY, because AWS_ACCESS_KEY_ID is not set"),
    N_("the region {region} is from {origin}"),
    N_(
        "without wif-wizard, google-auth would find no access keys in the environment, and would call {url}; this "
        "test does not call that URL"
    ),
    N_("without wif-wizard, google-auth would find no credentials: {words}"),
    N_("without wif-wizard, google-auth would use the same source: {place}"),
    N_("without wif-wizard, google-auth would use another source: {place}"),
    N_("the token exchange can work even if the workload cannot call AWS STS, because Google makes this call"),
    N_("AWS identifies the caller as {arn}"),
    N_("the token service issued a federated token that is valid for {seconds} s"),
    N_("the metadata server identifies the pod as {email}, not as {expected}"),
    N_("the metadata server identifies the pod as {email}"),
    N_("the metadata server was not ready at first, and answered after {waited} s"),
    N_("the metadata server issued a token that is valid for {seconds} s"),
    N_("the metadata server denied the first requests, and issued the token after {waited} s"),
    N_("the credential configuration does not name a service account, so access is direct"),
    N_("Google Cloud issued a token for {email}, valid until {expiry}"),
    N_("{permission} is granted on {project}"),
    N_("{permission} is not granted on {project}"),
    N_("{permission} cannot be tested on {project}"),
    N_("BigQuery accepted a dry run of {query} in {project}"),
    N_("the live test could not check any permission"),
    N_("{host} answered through the proxy {proxy}; the TLS certificate is from {issuer}"),
    N_("{host} answered at {place}; the TLS certificate is from {issuer}"),
    N_("{host}: {words}; the TLS certificate is from an unknown issuer"),
    N_("{host}: {words}; the TLS certificate is from {issuer}"),
    N_("{host}: {words} (through the proxy {proxy})"),
    N_("{way} got a token that is valid until {expiry}"),
    N_("{hop} failed"),
    N_("reason {reason}"),
    # refusals
    N_("{host}: the server's response is incomplete, or is not HTTP"),
    N_(
        "an access key or a token contains a line break or a special character, so the live test cannot send the "
        "request"
    ),
    N_(
        "the live test could not read the response from {host} (HTTP {status}): a proxy might have truncated or "
        "replaced the response"
    ),
    N_("the response from {host} does not contain a usable {key}"),
    N_("a server's response or a file contains a value of an unexpected type ({kind})"),
    N_("{path} is not a text file"),
    N_("the live test does not call {host} from this machine"),
    N_("{name} is set but empty"),
    N_("the response from region_url is not the name of an availability zone"),
    N_("the server at {host} is not Google's metadata server"),
    N_("the host did not answer within {seconds} s"),
    N_("the proxy closed the connection"),
    N_("the host name has no IP address"),
    N_("the credential configuration is not a JSON object"),
    N_("{name} is not a JSON object"),
    N_("{path} does not contain a JWT"),
    N_("these permissions are not granted: {permissions}"),
    N_("the test has no credential configuration, because GOOGLE_APPLICATION_CREDENTIALS is not set"),
    N_("the live test could not read {path}: {reason}"),
    N_("{path} is not a JSON file"),
    N_("the path is not a regular file"),
    N_("the file is larger than 4 MB"),
    N_("the type is {kind}, not external_account"),
    N_("credential_source names an executable"),
    N_("credential_source is missing"),
    N_("audience is not a provider's full resource name with the project number: {audience}"),
    N_("subject_token_type is not {type}"),
    N_("token_url does not name a known token host: {url}"),
    N_("service_account_impersonation_url does not name a known host: {url}"),
    N_("service_account_impersonation_url returns ID tokens, not access tokens: {url}"),
    N_("service_account_impersonation_url does not name a service account: {url}"),
    N_("credential_source.file does not name a file"),
    N_("credential_source.environment_id is not aws1"),
    N_("credential_source.regional_cred_verification_url is not the https URL of an AWS STS host"),
    N_("credential_source.{name} is the credentials endpoint of ECS and EKS, which google-auth does not read: {url}"),
    N_("credential_source.{name} is not the URL of a metadata service: {url}"),
)
"""Every sentence of the probe, the longer ones first where two could be the same line."""

REFUSALS = (
    N_("the role {role} does not exist in account {account}"),
    N_("the trust policy of {role} denies {service} access to the role: {statements}"),
    N_("the trust policy of {role} does not let {service} assume the role"),
    N_(
        "the trust policy of {role} lets {service} assume the role only under a condition that is not true for this "
        "workload"
    ),
    N_("the cluster is {status}"),
    N_("the cluster has no workload identity pool"),
    N_("the cluster has no node pool"),
    N_("the token's issuer is {issuer}, not {expected}"),
    N_("{account} has no annotation {annotation}"),
    N_("{role} does not exist"),
    N_("{role} was deleted"),
    N_("{role} is disabled"),
    N_("the attribute condition is false: {condition}"),
    N_("the pod did not finish within {seconds} s"),
    N_("the cluster created no pod for the job within {seconds} s"),
    N_("the cluster found no node for the pod within {seconds} s"),
    N_("the pod was removed while it was running"),
    N_("the pod ended without reporting a result"),
    N_("someone deleted the job while it was running"),
    N_("the command printed nothing"),
    N_("the program printed nothing"),
    N_("AWS Batch reported no reason"),
    N_("ECS reported no reason"),
    N_("the program of the {kind} ended unexpectedly (exit code {code}): {words}"),
    N_("the {kind} did not end within {seconds} s"),
    N_("the {kind} did not start within {seconds} s: {words}"),
)
"""The words of the refusals that the test itself makes."""

_ALL = (*SENTENCES, *REFUSALS)


def in_language(line: str) -> str:
    """Return a sentence, or a line of the probe, in the language that is spoken."""
    if language.current() == "en":
        return line
    found = recognised.find(line, _ALL)
    if found is None:
        return line
    sentence, fields = found
    return translated(sentence).format(**{name: value_of(name, value) for name, value in fields.items()})


def in_refusal(reason: str) -> str:
    """Return a reason in the language that is spoken, if it is a code and the words of the probe."""
    code, colon, words = reason.partition(": ")
    return f"{code}{colon}{in_language(words)}" if " " not in code else reason


def all_in_language(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the lines of the probe in the language that is spoken."""
    return tuple(in_language(line) for line in lines)


def value_of(name: str, value: str) -> str:
    """Return the value of a field. The name of a source, and what the system said, can have a translation too."""
    if name == "words":
        return in_language(value)
    if name == "kind":
        return translated(value)
    if name == "statements":
        return ", ".join(map(title_in_language, value.split(", ")))
    if name not in ("source", "place"):
        return value
    with_role = recognised.pattern(_SOURCE_WITH_ROLE).fullmatch(value)
    if with_role:
        return translated(_SOURCE_WITH_ROLE).format(
            source=value_of("source", with_role["source"]), role=with_role["role"]
        )
    return translated(value) if value in _SOURCES else value
