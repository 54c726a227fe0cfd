"""Random worlds for workloads on GKE: Kubernetes service accounts, policies, and setups for one or two workloads."""

from hypothesis import strategies as st

from tests.worlds import names
from tests.worlds.aws_worlds import policy_conditions
from tests.worlds.names import Json

PROJECT, NUMBER, CLUSTER, LOCATION = "acme-payments", "210987654321", "payments", "asia-northeast1"
POOL = f"{PROJECT}.svc.id.goog"
POOL_NAME = f"projects/{NUMBER}/locations/global/workloadIdentityPools/{POOL}"
ISSUER = f"https://container.googleapis.com/v1/projects/{PROJECT}/locations/{LOCATION}/clusters/{CLUSTER}"
NAMESPACES, ACCOUNTS = ("shop", "fraud"), ("scorer", "reader")
GSAS = ("scorer-runner", "old-runner")
GRANTED = names.GRANTED[:4]
ANNOTATION = "iam.gke.io/gcp-service-account"

_namespaces, _accounts = st.sampled_from(NAMESPACES), st.sampled_from(ACCOUNTS)


def email(account: str) -> str:
    """The email of a Google service account."""
    return f"{account}@{PROJECT}.iam.gserviceaccount.com"


@st.composite
def members(draw: st.DrawFn) -> str:
    """A member that includes Kubernetes service accounts, in one of the forms of policies."""
    namespace, account = draw(_namespaces), draw(_accounts)
    forms = (
        f"principal://iam.googleapis.com/{POOL_NAME}/subject/ns/{namespace}/sa/{account}",
        f"serviceAccount:{POOL}[{namespace}/{account}]",
        f"principalSet://iam.googleapis.com/{POOL_NAME}/namespace/{namespace}",
        f"principalSet://iam.googleapis.com/{POOL_NAME}/kubernetes.cluster/{ISSUER}",
    )
    return draw(st.sampled_from(forms))


@st.composite
def bindings(draw: st.DrawFn, granted: tuple[str, ...], others: list[str]) -> Json:
    """A binding of a policy."""
    member = st.one_of(members(), st.sampled_from([names.ALICE, *others]))
    found = {"role": draw(st.sampled_from(granted)), "members": draw(st.lists(member, min_size=1, max_size=3))}
    condition = draw(policy_conditions())
    return found | ({"condition": condition} if condition else {})


@st.composite
def worlds(draw: st.DrawFn) -> Json:
    """The policy of the project, its service accounts with theirs, and the annotations in the cluster."""
    gsas = draw(st.lists(st.sampled_from(GSAS), max_size=2, unique=True))
    others = [f"serviceAccount:{email(each)}" for each in gsas]
    policy = draw(st.lists(bindings(GRANTED, others), max_size=4))
    on_accounts = st.lists(bindings((names.IMPERSONATE,), []), max_size=2)
    accounts = [{"id": each, "policy": draw(on_accounts)} for each in gsas]
    pairs = st.tuples(_namespaces, _accounts)
    there = draw(st.lists(pairs, max_size=4, unique=True))
    annotated = {pair: draw(st.sampled_from([None, *(email(each) for each in gsas)])) for pair in there}
    return {"policy": policy, "service_accounts": accounts, "annotations": annotated}


@st.composite
def workloads(draw: st.DrawFn) -> Json:
    """A workload, with one to three roles, directly or through a Google service account."""
    roles = draw(st.lists(st.sampled_from(GRANTED), min_size=1, max_size=3, unique=True))
    grants = [{"on": f"projects/{PROJECT}", "roles": roles}]
    found: Json = {"namespace": draw(_namespaces), "service_account": draw(_accounts), "grants": grants}
    if draw(st.booleans()):
        return found | {
            "via": "service-account",
            "google_service_account": draw(st.sampled_from([*GSAS, "fresh-runner"])),
        }
    return found | {"via": "direct"}


@st.composite
def setups(draw: st.DrawFn) -> Json:
    """A setup of one or two workloads."""
    place = {"cluster": CLUSTER, "location": LOCATION, "node_pools": ["default-pool"]}
    different = st.lists(workloads(), min_size=1, max_size=2, unique_by=title)
    found = {"version": 1, "mode": "gke", "google": {"project": PROJECT}, "gke": place}
    return found | {"workloads": draw(different)}


def title(workload: Json) -> str:
    """Namespace and name of the Kubernetes service account."""
    return f"{workload['namespace']}/{workload['service_account']}"
