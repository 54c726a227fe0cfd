"""An access entry lets a user or a role of AWS log in to a cluster of EKS, as the groups that it names."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.operators import boto
from wizard.sandbox.process import Sandbox

READER = "arn:aws:iam::111122223333:role/reader"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("eks-bigquery") as served:
        yield served


def test_an_entry_is_created_once_and_listed(sandbox: Sandbox) -> None:
    eks = boto(sandbox.environ(), "eks")
    made = eks.create_access_entry(clusterName="shop", principalArn=READER, kubernetesGroups=["readers"])
    assert made["accessEntry"]["kubernetesGroups"] == ["readers"]
    assert READER in eks.list_access_entries(clusterName="shop")["accessEntries"]
    with pytest.raises(ClientError, match="ResourceInUseException"):
        eks.create_access_entry(clusterName="shop", principalArn=READER)


def test_a_group_of_the_system_and_a_cluster_that_does_not_exist_are_refused(sandbox: Sandbox) -> None:
    eks = boto(sandbox.environ(), "eks")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        eks.create_access_entry(clusterName="shop", principalArn=READER, kubernetesGroups=["system:masters"])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        eks.create_access_entry(clusterName="other", principalArn=READER)
