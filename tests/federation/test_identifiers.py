"""Names of pools and providers, and what is said about audiences that the token service would refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation.identifiers import AudienceError, PoolName, ProviderName

NAME = "projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov"
PROVIDER = ProviderName(PoolName("123456789012", "aws-pool"), "aws-prov")

ids = st.from_regex(r"[a-z0-9-]{4,32}", fullmatch=True)
numbers = st.integers(1, 10**13).map(str)


def test_a_provider_has_a_name_and_an_audience() -> None:
    assert PROVIDER.name == NAME
    assert PROVIDER.audience == "//iam.googleapis.com/" + NAME


def test_a_provider_is_read_from_its_name_and_from_its_audience() -> None:
    assert ProviderName.parse(NAME) == ProviderName.parse(PROVIDER.audience) == PROVIDER


@given(numbers, ids, ids)
def test_what_is_written_reads_back(number: str, pool: str, provider: str) -> None:
    name = ProviderName(PoolName(number, pool), provider)
    assert ProviderName.parse(name.audience) == ProviderName.parse(name.name) == name
    assert PoolName.parse(name.pool.name) == name.pool


@given(st.text())
def test_any_other_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(AudienceError) as refused:
        ProviderName.parse(text)
    assert refused.value.what
    assert refused.value.fix


@pytest.mark.parametrize(
    ("audience", "what", "fix"),
    [
        (
            "//iam.googleapis.com/" + NAME.replace("123456789012", "acme-analytics"),
            '"acme-analytics" is a project ID',
            "gcloud projects describe acme-analytics",
        ),
        (
            "//iam.googleapis.com/" + NAME.partition("/providers")[0],
            "names the pool, not the provider",
            "append /providers/PROVIDER_ID",
        ),
        (
            "//iam.googleapis.com///iam.googleapis.com/" + NAME,
            "the prefix //iam.googleapis.com/ twice",
            f"googleapis.com/{NAME}",
        ),
        ("//iam.googleapis.com/https://iam.googleapis.com/" + NAME, "twice", f"write //iam.googleapis.com/{NAME}"),
        ("https://iam.googleapis.com/" + NAME, "its prefix is not //iam", f"write //iam.googleapis.com/{NAME}"),
        (NAME.replace("global", "europe-west1"), 'the location is "europe-west1"', "locations/global"),
        ("", "is not the resource name of a provider", "projects/NUMBER/locations/global"),
        (NAME + "\n", "is not the resource name", "projects/NUMBER"),
        (NAME.replace("123456789012", "١٢٣"), "is a project ID", "projectNumber"),
    ],
)
def test_a_wrong_audience_is_explained(audience: str, what: str, fix: str) -> None:
    with pytest.raises(AudienceError) as refused:
        ProviderName.parse(audience)
    assert what in refused.value.what
    assert fix in refused.value.fix


@pytest.mark.parametrize(
    "text", ["PROJECT_NUMBER", "NUMBER", "<project-number>", "$PROJECT_NUMBER", "${NUMBER}", "{n}", "[N]"]
)
def test_a_placeholder_is_called_one(text: str) -> None:
    with pytest.raises(AudienceError) as refused:
        ProviderName.parse("//iam.googleapis.com/" + NAME.replace("123456789012", text))
    assert refused.value.what == f"{text} is a placeholder that was not replaced"
    assert (refused.value.project, refused.value.is_placeholder) == (text, True)


def test_every_placeholder_is_named() -> None:
    name = NAME.replace("aws-pool", "POOL_ID").replace("aws-prov", "PROVIDER_ID")
    with pytest.raises(AudienceError, match=r"POOL_ID and PROVIDER_ID are placeholders.*IDs of the pool") as refused:
        ProviderName.parse(name)
    assert refused.value.project == ""


def test_a_pool_of_gke_is_a_pool_too() -> None:
    name = "projects/123456789012/locations/global/workloadIdentityPools/acme-analytics.svc.id.goog"
    assert PoolName.parse(name).pool == "acme-analytics.svc.id.goog"


def test_a_provider_is_no_pool() -> None:
    with pytest.raises(ValueError, match="is not a workload identity pool"):
        PoolName.parse(NAME)
