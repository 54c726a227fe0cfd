"""The rules for pods on EKS: which words of which cloud, with which facts, have which cause and which fix."""

from __future__ import annotations

from wizard.chain import network
from wizard.chain.hop import EXCHANGE, IMPERSONATION, NETWORK, PERMISSION
from wizard.chain.reasons_shared import EVERYWHERE, impersonation_rules, target_rules
from wizard.chain.rule import Rule
from wizard.modes.aws.eks.facts import EksFacts
from wizard.modes.aws.eks.hops import SUBJECT_TOKEN
from wizard.modes.aws.eks.member_reasons import MEMBER_RULES
from wizard.modes.aws.live.hops import APPLICATION, CONFIG, PRINCIPAL
from wizard.modes.aws.live.near_misses import DENIED, GRANT_TO_IMPERSONATE

_TOKEN = (SUBJECT_TOKEN,)
_EXCHANGE = (EXCHANGE, APPLICATION)
_IMPERSONATION = (IMPERSONATION, APPLICATION)
_NO_WAY_OUT = (
    "give the pods internet access: add a NAT gateway for the private subnets of the nodes, or set HTTPS_PROXY if the "
    "network has a proxy. In the NetworkPolicies, allow egress to TCP port 443"
)
_RERUN = "correct aws.cluster in the setup, or use a separate provider for the cluster, then run wif-wizard apply"

_CONFIG_RULES: tuple[Rule[EksFacts], ...] = (
    Rule(
        (CONFIG,),
        r"File (?P<path>.+) was not found|GOOGLE_APPLICATION_CREDENTIALS is not set",
        "the pod does not have the credential configuration at the expected path",
        "mount the ConfigMap with the credential configuration, and set GOOGLE_APPLICATION_CREDENTIALS to the path of "
        "the file. The Result page shows the volume and its mount",
        code="WIF0101",
    ),
    Rule(
        (CONFIG,),
        r".",
        "the credential configuration is not valid for reading a token from a file",
        "generate the credential configuration again, with wif-wizard apply or with gcloud",
        code="WIF0118",
    ),
)

_TOKEN_RULES: tuple[Rule[EksFacts], ...] = (
    Rule(
        _TOKEN,
        r"^NotFound: namespaces|^NoNamespace: ",
        "the cluster {cluster} has no namespace {namespace}",
        "correct aws.namespace in the setup, or create the namespace: kubectl create namespace {namespace}",
        code="WIF0801",
    ),
    Rule(
        _TOKEN,
        r"^NotFound: ",
        "the cluster {cluster} has no service account {account_name} in the namespace {namespace}",
        "correct aws.service_account in the setup, or create the service account: kubectl create serviceaccount "
        "{account_name} --namespace={namespace}",
        code="WIF0802",
    ),
    Rule(
        _TOKEN,
        r"^(Forbidden|HTTP 403): ",
        "you do not have permission to request a token for {account} in the cluster {cluster}",
        "ask a cluster administrator for a Role that allows the verb create on serviceaccounts/token in the namespace "
        "{namespace}",
        code="WIF0713",
    ),
    Rule(
        _TOKEN,
        r"^Unauthorized: ",
        "the cluster {cluster} has no access entry for your AWS identity",
        "ask an administrator of the cluster for an access entry: aws eks create-access-entry --cluster-name "
        "{cluster} --principal-arn ARN",
        code="WIF0712",
    ),
    Rule(
        _TOKEN,
        r"^OtherIssuer: (?P<theirs>\S+)",
        "the token is from the issuer {theirs}, but the setup is for the cluster {cluster}, whose issuer is {issuer}",
        "run the pod in the cluster {cluster}, or correct aws.cluster in the setup",
        code="WIF0325",
    ),
    Rule(
        _TOKEN,
        r"^OtherSubject: (?P<theirs>\S+)",
        "the subject of the token is {theirs}, but the setup is for the subject {subject}",
        "set serviceAccountName: {account_name} in the pod, or correct the setup",
        code="WIF0927",
    ),
    Rule(
        _TOKEN,
        r"^TokenFile: (?P<path>[^:]+): ",
        "the pod has no token at {path}",
        "add a projected volume with the source serviceAccountToken to the pod. The Result page shows the volume and "
        "its mount",
        code="WIF0928",
    ),
    Rule(
        _TOKEN,
        r"^TokenFile: ",
        "the token file does not contain a token that the cluster issued",
        "mount the projected volume itself, and do not copy the token. The Result page shows the volume and its mount",
        code="WIF0929",
    ),
)

_IN_POD = (CONFIG, SUBJECT_TOKEN, NETWORK, EXCHANGE, IMPERSONATION, PERMISSION)
_POD_RULES: tuple[Rule[EksFacts], ...] = (
    Rule(
        _IN_POD,
        r"^ImagePull: ",
        "the cluster cannot pull the image of the one-off pod",
        "set probe.image in the setup to an image that has Python 3.8 or newer and that the nodes can pull; or run "
        "the printed probe script in the workload's own image",
        code="WIF0907",
    ),
    Rule(
        _IN_POD,
        r"^Unschedulable: ",
        "no node has enough free CPU or memory for the one-off pod",
        "test again when a node has enough free CPU and memory, or print the probe script and run it in a running pod",
        code="WIF0910",
    ),
    Rule(
        _IN_POD,
        r"^NotAdmitted: ",
        "a policy of the cluster does not admit the one-off pod",
        "print the probe script, and run it in a running pod. To print the script: wif-wizard probe",
        code="WIF0921",
    ),
    Rule(
        _IN_POD,
        r"^(Late|Ended|Gone|Silent|NotStarted): ",
        "the one-off pod did not finish its work",
        "test again; if the pod ends early again, print the probe script, and run the script in a running pod",
        code="WIF0911",
    ),
)

_EXCHANGE_RULES: tuple[Rule[EksFacts], ...] = (
    Rule(
        _EXCHANGE,
        r".",
        "the provider is for {provider_type}, not for the tokens of a cluster",
        "use an OIDC provider in the pool: write the name of a new provider in the setup, then run wif-wizard apply",
        when=lambda facts: facts.is_other_type,
        code="WIF0308",
    ),
    Rule(
        _EXCHANGE,
        r".",
        "the provider is for the issuer {provider_issuer}, but the issuer of the cluster {cluster} is {issuer}. A "
        "recreated cluster has a new issuer",
        _RERUN,
        when=lambda facts: facts.is_other_issuer,
        code="WIF0317",
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the workload identity pool or the provider is disabled or deleted",
        "enable or undelete the pool and the provider with wif-wizard apply",
        when=lambda facts: facts.closed,
        code="WIF0302",
    ),
    Rule(
        _EXCHANGE,
        r"invalid_target",
        "the audience of the credential configuration names a provider that does not exist, or that is disabled",
        (
            "create or enable the provider with wif-wizard apply, or correct the audience, which must contain the "
            "project number"
        ),
        code="WIF0302",
    ),
    Rule(
        _EXCHANGE,
        r"The audience in ID Token \[(?P<theirs>[^\]]*)\]",
        "the pod's token has the audience {theirs}, but the provider accepts only other audiences: {other_audiences}",
        "add the audience to the provider with wif-wizard apply, which keeps the other audiences",
        when=lambda facts: bool(facts.other_audiences),
        code="WIF0318",
    ),
    Rule(
        _EXCHANGE,
        r"The audience in ID Token \[(?P<theirs>[^\]]*)\]",
        "the pod's token has the audience {theirs}, but the provider accepts a different audience: {audience}",
        "set this audience in the projected volume of the pod: {audience}",
        code="WIF0318",
    ),
    Rule(
        _EXCHANGE,
        r"Error connecting to the given credential's issuer",
        "Google Cloud cannot verify the token: the issuer of the token is not the provider's issuer "
        "{provider_issuer}, or Google Cloud cannot read the issuer's keys",
        "compare the issuer of the token with the issuer of the cluster: aws eks describe-cluster --name {cluster} "
        "--query cluster.identity.oidc.issuer",
        code="WIF0316",
    ),
    Rule(
        _EXCHANGE,
        r"is stale to sign-in",
        "the pod's token has expired",
        "let the kubelet renew the token: mount the projected volume itself, not a copy of the token. Read the token "
        "file again for each exchange, as Google's auth libraries do",
        code="WIF0319",
    ),
    Rule(
        (*_EXCHANGE, PRINCIPAL),
        r"unauthorized_client|rejected by the attribute condition",
        "the provider's attribute condition does not accept the subject {subject}: {condition}",
        "add the service account to the condition with wif-wizard apply, which keeps all identities that the "
        "condition accepts now",
        code="WIF0301",
    ),
    Rule(
        (*_EXCHANGE, PRINCIPAL),
        r"mapped attribute google\.subject exceeds",
        (
            "the mapped subject is longer than 127 bytes: the names of the namespace and the service account together "
            "are too long"
        ),
        "use a shorter name for the service account or the namespace",
        code="WIF0314",
    ),
)

_IMPERSONATION_RULES: tuple[Rule[EksFacts], ...] = (
    *Rule[EksFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        "no principal has roles/iam.workloadIdentityUser on {service_account}, so the workload does not have "
        "permission to impersonate this account",
        GRANT_TO_IMPERSONATE,
        when=lambda facts: facts.nobody_bound,
        code="WIF0401",
    ),
    *Rule[EksFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        ("roles/iam.workloadIdentityUser on {service_account} is granted to {members}, but not to this workload"),
        GRANT_TO_IMPERSONATE,
        when=lambda facts: facts.others_bound,
        code="WIF0402",
    ),
    Rule[EksFacts](
        _IMPERSONATION,
        DENIED,
        "the grant on {service_account} names this workload, but is not effective",
        "test again in a few minutes; if the test still fails, look for a condition on the binding or for a deny "
        "policy",
        when=lambda facts: facts.bound,
        code="WIF0404",
    ),
    *Rule[EksFacts].by_grant(
        _IMPERSONATION,
        DENIED,
        "the workload does not have permission to impersonate {service_account}",
        GRANT_TO_IMPERSONATE,
        code="WIF0403",
    ),
    Rule[EksFacts](
        _IMPERSONATION,
        r"Gaia id not found",
        "the service account {service_account} does not exist",
        "correct the account's email address in the setup, or create the service account with wif-wizard apply",
        code="WIF0405",
    ),
)

_PERIMETER: Rule[EksFacts] = Rule(
    (),
    r"vpcServiceControlsUniqueIdentifier",
    "a VPC Service Controls perimeter blocks the call, because the call comes from AWS, outside the perimeter",
    "add an ingress rule for {member} to the perimeter",
    code="WIF0518",
)

RULES: tuple[Rule[EksFacts], ...] = (
    *_TOKEN_RULES,
    *_POD_RULES,
    *EVERYWHERE,
    _PERIMETER,
    *_CONFIG_RULES,
    *network.rules((NETWORK,), _NO_WAY_OUT),
    *_EXCHANGE_RULES,
    *MEMBER_RULES,
    *impersonation_rules(_IMPERSONATION, DENIED),
    *_IMPERSONATION_RULES,
    *target_rules((PERMISSION, APPLICATION)),
)
"""From specific to general: the first rule that matches is used."""
