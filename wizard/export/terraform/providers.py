"""The versions and configurations of the providers that the exported module uses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from wizard.export.terraform.hcl import Block, Raw, Value, call, name_of, template
from wizard.export.terraform.world import World

TERRAFORM = ">= 1.6.0, < 2.0.0"
"""Terraform 1.6 is the first version in which the ID of an import can have variables."""


_CHECKED = "The arguments of this module were checked against these versions: {providers}."


@dataclass(frozen=True)
class Provider:
    """A provider: its range of versions, and the version whose arguments the tests know."""

    source: str
    versions: str
    tested: str


PROVIDERS = {
    "aws": Provider("hashicorp/aws", ">= 5.100.0, < 7.0.0", "5.100.0"),
    "google": Provider("hashicorp/google", ">= 6.50.0, < 8.0.0", "6.50.0"),
    "kubernetes": Provider("hashicorp/kubernetes", ">= 2.38.0, < 3.0.0", "2.38.0"),
}


def versions(types: Collection[str]) -> Block:
    """Return the block that requires Terraform and the providers of these types of blocks."""
    wanted: dict[str, Value] = {}
    for name in sorted(_used(types)):
        provider = PROVIDERS[name]
        wanted[name] = {"source": provider.source, "version": provider.versions}
    inner = Block("required_providers", (), wanted)
    return Block("terraform", (), {"required_version": TERRAFORM}, (inner,))


def checked(types: Collection[str]) -> str:
    """Return the sentence that says with which versions of the providers the arguments were checked."""
    used = [PROVIDERS[name] for name in sorted(_used(types))]
    return _CHECKED.format(providers=", ".join(f"{each.source} {each.tested}" for each in used))


def configurations(types: Collection[str], world: World) -> list[Block]:
    """Return the configurations of the providers, and the data sources that they need."""
    used, variables = _used(types), world.variables
    made: list[Block] = []
    if "aws" in used:
        account, region = variables.account, variables.region
        arguments: dict[str, Value] = {}
        if region is not None:
            arguments["region"] = region
        if account is not None:
            arguments["allowed_account_ids"] = [account]
        made.append(Block("provider", ("aws",), arguments))
    if "google" in used:
        made.append(Block("provider", ("google",)))
    cluster = variables.cluster if "kubernetes" in used else None
    if cluster is not None:
        name = name_of(str(getattr(cluster["name"], "text", "cluster")).removeprefix("var."))
        here = f"data.google_container_cluster.{name}"
        authority = call("base64decode", Raw(f"{here}.master_auth[0].cluster_ca_certificate"))
        made += [
            Block("data", ("google_client_config", "operator")),
            Block("data", ("google_container_cluster", name), cluster),
            Block(
                "provider",
                ("kubernetes",),
                {
                    "host": template(["https://", Raw(f"{here}.endpoint")]),
                    "token": Raw("data.google_client_config.operator.access_token"),
                    "cluster_ca_certificate": authority,
                },
            ),
        ]
    return made


def _used(types: Collection[str]) -> set[str]:
    """Return the names of the providers of these types. The provider for Kubernetes needs the one for Google Cloud."""
    used = {kind.partition("_")[0] for kind in types}
    return used | ({"google"} if "kubernetes" in used else set())
