"""The metadata server of a pod: its pages, its refusals, and when nobody answers."""

import asyncio
import json
import socket

import pytest

from tests.sandbox.kubernetes.metadata import address_of, get, metadata_of
from tests.sandbox.kubernetes.world import NODES, POOL, SCORER, Kube

ACCOUNT = "instance/service-accounts/default"


async def test_what_a_client_library_asks_is_answered(kube: Kube) -> None:
    async with metadata_of(kube, "scorer") as fetch:
        assert await fetch("project/project-id") == (200, "acme-payments")
        assert await fetch("project/numeric-project-id") == (200, "210987654321")
        assert await fetch("instance/attributes/cluster-name") == (200, "payments")
        assert await fetch(f"{ACCOUNT}/email") == (200, POOL)
        assert await fetch("instance/service-accounts/") == (200, f"default/\n{POOL}/\n")
        status, text = await fetch(f"{ACCOUNT}/?recursive=true")
        assert (status, json.loads(text)["email"]) == (200, POOL)
        assert (await fetch(f"{ACCOUNT}/identity"))[0] == 404
        assert (await fetch("instance/service-accounts/other@acme.example/token"))[0] == 404


async def test_an_annotated_account_has_the_address_of_the_google_one(kube: Kube) -> None:
    async with metadata_of(kube, "modeler") as fetch:
        assert await fetch(f"{ACCOUNT}/email") == (200, SCORER)


async def test_the_node_has_its_own_account(kube: Kube) -> None:
    async with metadata_of(kube, None) as fetch:
        assert await fetch(f"{ACCOUNT}/email") == (200, NODES)
        status, text = await fetch(f"{ACCOUNT}/token?scopes=https://www.googleapis.com/auth/cloud-platform")
        caller = kube.world.tokens.find(json.loads(text)["access_token"])
        assert (status, caller and caller.member) == (200, f"serviceAccount:{NODES}")


async def test_a_request_without_the_flavor_is_refused(kube: Kube) -> None:
    said = 'GKE Metadata Server encountered an error: Missing required header "Metadata-Flavor": "Google"'
    async with metadata_of(kube, "scorer") as fetch:
        assert await fetch(f"{ACCOUNT}/token", {}) == (403, said)


async def test_a_cluster_that_left_the_pool_gives_no_tokens(kube: Kube) -> None:
    kube.cluster.workload_pool = None
    async with metadata_of(kube, "scorer") as fetch:
        assert (await fetch(f"{ACCOUNT}/token"))[0] == 400


async def test_a_server_that_is_not_ready_refuses_connections(kube: Kube) -> None:
    async with address_of(kube, "scorer", after=600) as address:
        with pytest.raises(ConnectionRefusedError):
            connect(address)


async def test_a_server_out_of_reach_does_not_answer_at_all(kube: Kube) -> None:
    async with address_of(kube, "scorer", reachable=False) as address:
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(connect, address)


async def test_it_answers_only_to_its_own_address(kube: Kube) -> None:
    async with address_of(kube, "scorer") as address:
        headers = {"Metadata-Flavor": "Google", "Host": "metadata.example.com"}
        status, _ = await asyncio.to_thread(get, f"http://{address}/computeMetadata/v1/project/project-id", headers)
    assert status == 403


def connect(address: str) -> None:
    """Open a connection, or not."""
    host, _, port = address.partition(":")
    socket.create_connection((host, int(port)), timeout=0.5).close()
