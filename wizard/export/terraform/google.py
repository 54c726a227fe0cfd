"""How the kinds of Google Cloud become Terraform. Sources: documentation of the provider hashicorp/google."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.engine.resource import Refused, Resource
from wizard.export.terraform.hcl import Block, Value, template
from wizard.export.terraform.renderers import Arguments, Members, NotHere, OneBlock, OnlyLines, Renderer, Services
from wizard.export.terraform.resource_grants import OnResource
from wizard.export.terraform.world import Lines, World
from wizard.resources import pool
from wizard.resources.account_keys import DisabledKeys
from wizard.resources.any_node_pool import AnyNodePool
from wizard.resources.cluster_pool import ClusterPool
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants
from wizard.resources.node_pool import NodePool
from wizard.resources.oidc_provider import OidcProvider
from wizard.resources.pool import Pool
from wizard.resources.pool_provider import PoolProvider
from wizard.resources.provider import AwsProvider
from wizard.resources.resource_grants import ResourceGrants
from wizard.resources.service_account import ServiceAccount
from wizard.resources.services import EnabledServices

_WIDEN = (
    "The provider {name} must also accept this workload. Add the mapping keys that the provider does not have, and "
    "join the condition of the provider with the condition below: (condition of the provider) || (condition below). An "
    "empty condition already accepts all identities."
)
_CLUSTER = (
    "Add these lines to the resource that defines the cluster {name}, and apply them before this module: Google Cloud "
    "rejects grants to the workload identity pool {pool} until a cluster uses the pool. The wizard does not create "
    "clusters, so this module does not manage the cluster."
)
_NODE_POOL = (
    "Add these lines to the resource that defines the node pool {name}. A change of the mode recreates the nodes of "
    "the node pool."
)


def _pool(resource: Pool, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    arguments: Arguments = {
        "project": world.variables.project(resource.project),
        "workload_identity_pool_id": resource.pool,
        "display_name": resource.pool,
        "description": pool.DESCRIPTION,
    }
    return arguments, ()


def _pool_data(resource: Pool, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    return {
        "project": world.variables.project(resource.project),
        "workload_identity_pool_id": resource.pool,
    }, ()


def _provider_ids(resource: PoolProvider, world: World) -> Arguments:
    home = next((need for need in resource.needs if isinstance(need, Pool)), None)
    known = world.reference(home, "workload_identity_pool_id") if home else None
    return {
        "project": world.variables.project(resource.project),
        "workload_identity_pool_id": known or resource.pool,
        "workload_identity_pool_provider_id": resource.provider,
    }


def _provider_data(resource: PoolProvider, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    return _provider_ids(resource, world), ()


def _admission(resource: PoolProvider, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    """Return what decides whom a new provider admits. Raises Refused if it cannot admit the workload."""
    state = resource.desired()
    text = world.variables.text
    arguments: Arguments = {
        "attribute_mapping": {key: text(value) for key, value in sorted(state["mapping"].items())},
        **({"attribute_condition": text(state["condition"])} if state["condition"] else {}),
    }
    if isinstance(resource, AwsProvider):
        return arguments, (Block("aws", (), {"account_id": text(resource.account)}),)
    audiences: Arguments = {"allowed_audiences": state["audiences"]} if state["audiences"] else {}
    return arguments, (Block("oidc", (), {"issuer_uri": state["issuer"], **audiences}),)


def _provider(resource: PoolProvider, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    arguments, blocks = _admission(resource, world)
    return {**_provider_ids(resource, world), **arguments}, blocks


def _widening(resource: PoolProvider, world: World) -> Sequence[Lines]:
    try:
        arguments, _ = _admission(resource, world)
    except Refused as error:
        return [Lines(str(error))]
    name = world.name("google_iam_workload_identity_pool_provider", resource.provider, resource.name)
    block = Block("resource", ("google_iam_workload_identity_pool_provider", name), arguments)
    return [Lines(_WIDEN.format(name=resource.name), block)]


def _account(resource: ServiceAccount, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    arguments: Arguments = {
        "project": world.variables.project(resource.project),
        "account_id": resource.account_id,
        "display_name": resource.display_name,
    }
    return arguments, ()


def _account_data(resource: ServiceAccount, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    return {"project": world.variables.project(resource.project), "account_id": resource.account_id}, ()


def _account_of(resource: ServiceAccountGrants, world: World) -> Arguments:
    """Return the argument that names the service account, with a reference if it has a block."""
    home = next((need for need in resource.needs if isinstance(need, ServiceAccount)), None)
    name = world.reference(home, "name") if home else None
    return {"service_account_id": name or _account_path(resource, world)}


def _account_path(resource: ServiceAccount | ServiceAccountGrants, world: World) -> Value:
    project = world.variables.project(resource.project)
    return template(["projects/", project, "/serviceAccounts/", _email(resource, world)])


def _email(resource: ServiceAccount | ServiceAccountGrants, world: World) -> Value:
    """Return the email, in which the project is a variable if the usual form has it."""
    end = f"@{resource.project}.iam.gserviceaccount.com"
    if not resource.email.endswith(end):
        return resource.email
    project = world.variables.project(resource.project)
    name = resource.email.removesuffix(end)
    return template([name, "@", project, ".iam.gserviceaccount.com"])


def _cluster(resource: ClusterPool, world: World) -> Sequence[Lines]:
    pool_name = world.variables.text(resource.pool)
    inner = Block("workload_identity_config", (), {"workload_pool": pool_name})
    name = world.name("google_container_cluster", resource.cluster.cluster, resource.name)
    block = Block("resource", ("google_container_cluster", name), {}, (inner,))
    return [Lines(_CLUSTER.format(name=resource.cluster.cluster, pool=resource.pool), block)]


def _node_pool(resource: NodePool, world: World) -> Sequence[Lines]:
    mode = Block("workload_metadata_config", (), {"mode": resource.desired()["mode"]})
    name = world.name("google_container_node_pool", resource.pool, resource.name)
    block = Block("resource", ("google_container_node_pool", name), {}, (Block("node_config", (), {}, (mode,)),))
    return [Lines(_NODE_POOL.format(name=resource.pool), block)]


def _provider_renderer() -> OneBlock:
    return OneBlock(
        "google.tf",
        "google_iam_workload_identity_pool_provider",
        lambda resource: resource.provider,
        _provider,
        lambda resource, world: _in_pool(resource, world, f"/providers/{resource.provider}"),
        _provider_data,
        _widening,
    )


def _in_pool(resource: Pool | PoolProvider, world: World, rest: str = "") -> Value:
    project = world.variables.project(resource.project)
    end = f"/locations/global/workloadIdentityPools/{resource.pool}{rest}"
    return template(["projects/", project, end])


RENDERERS: dict[type[Resource], Renderer] = {
    EnabledServices: Services(),
    Pool: OneBlock(
        "google.tf", "google_iam_workload_identity_pool", lambda resource: resource.pool, _pool, _in_pool, _pool_data
    ),
    AwsProvider: _provider_renderer(),
    OidcProvider: _provider_renderer(),
    ServiceAccount: OneBlock(
        "google.tf",
        "google_service_account",
        lambda resource: resource.account_id,
        _account,
        _account_path,
        _account_data,
    ),
    ServiceAccountGrants: Members("google.tf", "google_service_account_iam_member", _account_of, _account_path),
    ProjectGrants: Members(
        "google.tf",
        "google_project_iam_member",
        lambda resource, world: {"project": world.variables.project(resource.project)},
        lambda resource, world: world.variables.project(resource.project),
    ),
    ResourceGrants: OnResource(),
    ClusterPool: OnlyLines("google.tf", _cluster),
    NodePool: OnlyLines("google.tf", _node_pool),
    AnyNodePool: NotHere(
        "google.tf",
        "The setup names no node pools. An Autopilot cluster needs none. For a Standard cluster, set gke.node_pools in "
        "the setup, and export again to get the lines for its node pools.",
    ),
    DisabledKeys: NotHere(
        "google.tf",
        "Terraform cannot disable the keys of {name}: the resource google_service_account_key can only create and "
        "delete keys. The command wif-wizard apply disables the keys.",
    ),
}
