"""Random worlds for workloads on AWS, as the documents of scenarios, and random setups for them."""

from hypothesis import strategies as st

from tests.worlds import names
from tests.worlds.names import Json

_ROLE_OF_ARN = "assertion.arn.extract('assumed-role/{role}/')"
_WITHOUT_SESSION = (
    "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' + "
    "assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn"
)
_USUAL = {"google.subject": "assertion.arn", "attribute.aws_role": _WITHOUT_SESSION}
_ENVIRONMENT = "assertion.arn.contains('prod') ? 'prod' : 'dev'"

MAPPINGS: dict[str, Json | None] = {
    "none": None,
    "usual": _USUAL,
    "with the account": {**_USUAL, "attribute.account": "assertion.account"},
    "with the environment": {**_USUAL, "attribute.env": _ENVIRONMENT},
    "with groups": {**_USUAL, "google.groups": "['aws-' + assertion.account]"},
    "short names": {"google.subject": "assertion.arn", "attribute.aws_role": _ROLE_OF_ARN},
    "another attribute": {"google.subject": "assertion.arn", "attribute.job": _ROLE_OF_ARN},
    "subject of the role": {"google.subject": _WITHOUT_SESSION, "attribute.account": "assertion.account"},
    "subject of the user": {"google.subject": "assertion.userid", "attribute.account": "assertion.account"},
    "whole ARN": {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn"},
}
"""Attribute mappings, by what is special about them."""

roles = st.sampled_from(names.ROLES)
_several_roles = st.lists(roles, min_size=1, max_size=3, unique=True)


def value_of(mapping: str, role: str) -> str:
    """What attribute.aws_role is with a mapping."""
    return role if mapping == "short names" else names.role_arn(role)


@st.composite
def conditions(draw: st.DrawFn, mapping: str, depth: int = 1) -> str:
    """An attribute condition, in one of the forms that people write."""
    form = draw(st.integers(0, 13 if depth else 11))
    first, *_ = several = draw(_several_roles)
    variable = "attribute.job" if mapping == "another attribute" else "attribute.aws_role"
    values = [f"'{value_of(mapping, role)}'" for role in several]
    simple = (
        "",
        f"{variable} == {values[0]}",
        f"{variable} in [{', '.join(values)}]",
        f"assertion.arn.startsWith('{names.role_arn(first)}/')",
        f"assertion.account == '{names.ACCOUNT}'",
        "assertion.arn.contains(':assumed-role/')",
        f"google.subject.startsWith('{names.role_arn(first)}')",
        f"!({variable} in [{', '.join(values)}])",
        f"has({variable}) && {variable}.startsWith({values[0]})",
        f"attribute.account == '{names.ACCOUNT}' && assertion.arn.contains('/{first}/')",
        "'aws-111122223333' in google.groups",
        "assertion.arn.matches('assumed-role/(team|prod)-[a-z]+/')",
    )
    if form < len(simple):
        return simple[form]
    left, right = draw(conditions(mapping, 0)) or "false", draw(conditions(mapping, 0)) or "true"
    return f"({left}) || ({right})" if form == 12 else f"{left} && // who may\n {right}"


@st.composite
def providers(draw: st.DrawFn, provider: str, mapping: str) -> Json:
    """A provider with one of the mappings, mostly for the account."""
    account = draw(st.sampled_from([names.ACCOUNT] * 5 + [names.ELSEWHERE]))
    found: Json = {"id": provider, "aws": {"accountId": account}}
    if MAPPINGS[mapping]:
        found["attributeMapping"] = MAPPINGS[mapping]
    if condition := draw(conditions(mapping)):
        found["attributeCondition"] = condition
    off = draw(st.integers(0, 19))
    return found | ({"disabled": True} if off == 19 else {"deleted": True} if off == 18 else {})


@st.composite
def pools(draw: st.DrawFn, pool: str) -> Json:
    """A pool with up to two providers, which often have the same mapping."""
    there = draw(st.lists(st.sampled_from(names.PROVIDER_IDS), min_size=1, max_size=2, unique=True))
    mapping = st.sampled_from(list(MAPPINGS))
    same = st.just(draw(mapping)) if draw(st.booleans()) else mapping
    return {"id": pool, "providers": [draw(providers(each, draw(same))) for each in there]} | (
        {"disabled": True} if draw(st.integers(0, 19)) == 19 else {}
    )


@st.composite
def pool_members(draw: st.DrawFn) -> str:
    """A member for identities of a pool; it can stand for nobody."""
    project, pool = draw(st.sampled_from([names.HOME, names.POOLS])), draw(st.sampled_from(names.POOL_IDS))
    name, role = names.pool_name(project, pool), draw(roles)
    return draw(
        st.sampled_from(
            [
                f"principalSet://iam.googleapis.com/{name}/*",
                f"principalSet://iam.googleapis.com/{name}/attribute.aws_role/{names.role_arn(role)}",
                f"principalSet://iam.googleapis.com/{name}/attribute.aws_role/{role}",
                f"principalSet://iam.googleapis.com/{name}/attribute.job/{role}",
                f"principalSet://iam.googleapis.com/{name}/attribute.account/{names.ACCOUNT}",
                f"principalSet://iam.googleapis.com/{name}/attribute.env/prod",
                f"principalSet://iam.googleapis.com/{name}/group/aws-{names.ACCOUNT}",
                f"principal://iam.googleapis.com/{name}/subject/{names.role_arn(role)}",
            ]
        )
    )


@st.composite
def policy_conditions(draw: st.DrawFn) -> Json | None:
    """The condition of a binding; most bindings have none."""
    expression = draw(
        st.sampled_from(
            [
                "",
                "",
                "",
                'request.time < timestamp("2020-01-01T00:00:00Z")',
                'request.time < timestamp("2031-01-01T00:00:00Z")',
                'request.time > timestamp("2031-01-01T00:00:00Z")',
                'resource.name.startsWith("projects/x/datasets/")',
                'request.time.getHours("Asia/Tokyo") >= 0',
            ]
        )
    )
    return {"title": "a condition", "expression": expression} if expression else None


@st.composite
def bindings(draw: st.DrawFn, granted: tuple[str, ...], others: list[str]) -> Json:
    """A binding of a policy."""
    member = st.one_of(pool_members(), pool_members(), st.sampled_from([names.ALICE, *others]))
    found = {"role": draw(st.sampled_from(granted)), "members": draw(st.lists(member, min_size=1, max_size=3))}
    condition = draw(policy_conditions())
    return found | ({"condition": condition} if condition else {})


@st.composite
def trusts(draw: st.DrawFn) -> Json:
    """A trust policy."""
    service = st.sampled_from(["ecs-tasks.amazonaws.com", "ec2.amazonaws.com", "lambda.amazonaws.com"])
    account = {"AWS": f"arn:aws:iam::{names.ACCOUNT}:root"}
    source = {"StringEquals": {"aws:SourceAccount": draw(st.sampled_from([names.ACCOUNT, names.ELSEWHERE]))}}
    allow = {"Effect": "Allow", "Principal": {"Service": draw(service)}, "Action": "sts:AssumeRole"}
    more = draw(
        st.sampled_from(
            [
                [],
                [{"Effect": "Allow", "Principal": account, "Action": "sts:AssumeRole", "Sid": "People"}],
                [{"Effect": "Deny", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
            ]
        )
    )
    if draw(st.booleans()) and allow["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}:
        allow["Condition"] = source
    return {"Version": "2012-10-17", "Statement": [allow, *more]}


@st.composite
def worlds(draw: st.DrawFn) -> Json:
    """A world: projects with pools, service accounts and policies, and roles with their trust policies."""
    with_home = draw(st.lists(st.sampled_from(names.POOL_IDS), min_size=2, max_size=2, unique=True))
    with_identity = draw(st.lists(st.sampled_from(names.POOL_IDS), max_size=1))
    accounts = draw(st.lists(st.sampled_from(names.ACCOUNT_IDS), min_size=1, max_size=2, unique=True))
    others = [f"serviceAccount:{names.email(each)}" for each in accounts]
    impersonation = (names.IMPERSONATE, "roles/iam.serviceAccountTokenCreator")
    on_accounts = st.lists(bindings(impersonation, []), max_size=2)
    projects = [
        _project(names.HOME, draw(st.lists(bindings(names.GRANTED, others), min_size=3, max_size=6))),
        _project(names.DATA, draw(st.lists(bindings(names.GRANTED, others), min_size=2, max_size=4))),
        _project(names.POOLS, []),
    ]
    projects[0]["pools"] = [draw(pools(each)) for each in with_home]
    projects[2]["pools"] = [draw(pools(each)) for each in with_identity]
    projects[0]["service_accounts"] = [{"id": each, "policy": draw(on_accounts)} for each in accounts]
    there = draw(st.lists(roles, min_size=2, max_size=4, unique=True))
    profiles = draw(st.lists(st.tuples(roles, st.sampled_from(there)), max_size=1))
    aws = {
        "roles": [{"name": each, "trust": draw(trusts())} for each in there],
        "instance_profiles": [{"name": name, "role": role} for name, role in profiles],
    }
    return {"google": {"projects": projects}, "aws": aws}


def _project(name: str, policy: list[Json]) -> Json:
    services = ["cloudresourcemanager", "serviceusage", "iam", "sts", "bigquery"]
    return {
        "id": name,
        "number": names.NUMBERS[name],
        "services": [f"{each}.googleapis.com" for each in services],
        "policy": [{"role": "roles/owner", "members": [names.OPERATOR]}, *policy],
    }


@st.composite
def setups(draw: st.DrawFn, name: str) -> Json:
    """A setup: one to three roles on one or two projects, directly or through a service account."""
    runtime = draw(st.sampled_from(["batch-fargate", "ecs-fargate", "ecs-ec2", "batch-ec2", "ec2", "lambda"]))
    aws = {"account": names.ACCOUNT, "region": names.REGION, "runtime": runtime, "role": draw(roles)}
    google = {"project": names.HOME, "pool": draw(st.sampled_from(names.POOL_IDS))}
    google["provider"] = draw(st.sampled_from([*names.PROVIDER_IDS, *names.PROVIDER_IDS, f"own-{name}"]))
    if draw(st.integers(0, 4)) == 4:
        google["pool_project"] = names.POOLS
    if draw(st.integers(0, 7)) == 7:
        mapping = draw(st.sampled_from(["with the account", "with the environment", "short names", "usual"]))
        google["attribute_mapping"] = MAPPINGS[mapping]
    on = draw(st.lists(st.sampled_from([names.HOME, names.DATA]), min_size=1, max_size=2, unique=True))
    some_roles = st.lists(st.sampled_from(names.GRANTED), min_size=1, max_size=3, unique=True)
    access: Json = {"grants": [{"on": f"projects/{each}", "roles": draw(some_roles)} for each in on]}
    if draw(st.booleans()):
        access |= {"via": "service-account", "service_account": draw(st.sampled_from([*names.ACCOUNT_IDS, "fresh-sa"]))}
    document = {"version": 1, "mode": "aws", "aws": aws, "google": google, "access": access}
    return document | {"credential_config": f"{name}.json"}
