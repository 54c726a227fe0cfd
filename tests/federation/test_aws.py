"""What the token service learns about an AWS caller, and the mapping chosen for a role."""

import botocore.session
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation import aws
from wizard.federation.mapping import Condition, Mapping

ACCOUNT = "111122223333"

roles = st.from_regex(r"[A-Za-z0-9+=,.@_-]{1,64}", fullmatch=True)
lengths = st.integers(2, 64)  # AWS takes no other session names
partitions = st.sampled_from(["aws", *aws.PARTITIONS.values()])


def test_arns_have_the_documented_forms() -> None:
    assert aws.assumed_role_arn(ACCOUNT, "loader", "i-0123") == f"arn:aws:sts::{ACCOUNT}:assumed-role/loader/i-0123"
    assert aws.role_attribute(ACCOUNT, "loader") == f"arn:aws:sts::{ACCOUNT}:assumed-role/loader"


def test_the_partition_and_the_domain_of_every_region_are_those_that_botocore_knows() -> None:
    session = botocore.session.Session()
    for partition in session.get_available_partitions():
        regions = session.get_available_regions("ecs", partition)
        assert {aws.partition_of(region) for region in regions} == {partition}
        if not partition.startswith("aws-iso"):
            client = session.create_client("sts", regions[0], aws_access_key_id="made", aws_secret_access_key="up")
            assert client.meta.endpoint_url == f"https://sts.{regions[0]}.{aws.domain_of(regions[0])}"


def test_a_short_role_keeps_googles_default_mapping() -> None:
    assert aws.mapping_for(ACCOUNT, "rds-to-bigquery", 32) == aws.AWS_DEFAULT_MAPPING


def test_the_longest_role_that_fits_keeps_the_default_and_the_next_does_not() -> None:
    fits = "r" * (127 - len("arn:aws:sts::111122223333:assumed-role//") - 32)
    assert aws.longest_subject(ACCOUNT, fits, 32) == 127
    assert aws.mapping_for(ACCOUNT, fits, 32)["google.subject"] == "assertion.arn"
    assert aws.mapping_for(ACCOUNT, fits + "r", 32)["google.subject"] != "assertion.arn"


@given(roles, lengths, partitions)
def test_no_session_of_any_role_is_refused_for_its_length(role: str, length: int, partition: str) -> None:
    session = "s" * length
    arn = aws.assumed_role_arn(ACCOUNT, role, session, partition)
    assertion = aws.aws_assertion(ACCOUNT, arn, f"AROAEXAMPLE:{session}")
    mapped = Mapping(aws.mapping_for(ACCOUNT, role, length, partition)).evaluate(assertion)
    assert mapped.attributes == {"aws_role": aws.role_attribute(ACCOUNT, role, partition)}
    assert role in mapped.subject
    assert ACCOUNT in mapped.subject
    assert Condition(aws.condition_for(ACCOUNT, role, partition)).evaluate(assertion, mapped)


@given(roles, roles)
def test_the_condition_admits_this_role_and_no_other(role: str, other: str) -> None:
    assertion = {"arn": aws.assumed_role_arn(ACCOUNT, other, "s")}
    mapped = Mapping(aws.mapping_for(ACCOUNT, role, 19)).evaluate(assertion)
    assert Condition(aws.condition_for(ACCOUNT, role)).evaluate(assertion, mapped) == (other == role)


def test_the_condition_does_not_admit_the_same_role_of_another_account() -> None:
    assertion = {"arn": aws.assumed_role_arn("999988887777", "loader", "s")}
    mapped = Mapping(aws.AWS_DEFAULT_MAPPING).evaluate(assertion)
    assert not Condition(aws.condition_for(ACCOUNT, "loader")).evaluate(assertion, mapped)
