"""Providers for tests: real schemas, and a memory in place of a cloud. Real Terraform plans and applies with them."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc

from tests.export.terraform.read_bindings import SCHEMAS
from tests.export.terraform.wire import CALLS, MESSAGES, UNKNOWN, content, value

Json = dict[str, Any]
Find = Callable[[str, str], Json | None]
"""Returns what a cloud has of a type by the ID of an import; None if it has nothing."""


def nothing(kind: str, identity: str) -> Json | None:
    """What a cloud has that is empty."""
    del kind, identity


_CONFIGURATION = {
    **dict.fromkeys(("cluster_ca_certificate", "host", "project", "region", "token"), "string"),
    "allowed_account_ids": ["set", "string"],
}
"""The arguments of all providers."""
Make = Callable[[str, Json], str | None]
"""Creates an object of a type with these arguments in a cloud; returns why the cloud refuses, if it does."""

_NESTING = {"single": 1, "list": 2, "set": 3}
_OF_BOTH = ("id", "project")
"""Arguments whose value a provider chooses if the module does not, where the schema does not say which."""
_CLUSTER = ["list", ["object", {"cluster_ca_certificate": "string"}]]


def schemas() -> Json:
    """The schemas of the types that the exporter writes, by provider, with the versions of the providers."""
    found: Json = json.loads(SCHEMAS.read_text(encoding="utf-8"))
    return found


@dataclass
class Stub:
    """A provider. `find` imports, and `make` creates. Objects are by type and ID.

    `applied` has what was applied, and `imported` what was imported.
    """

    resources: Mapping[str, Json]
    data: Mapping[str, Json] = field(default_factory=dict)
    find: Find = nothing
    make: Make | None = None
    applied: dict[tuple[str, str], Json] = field(default_factory=dict)
    imported: dict[tuple[str, str], Json] = field(default_factory=dict)

    def GetSchema(self, request: Any) -> Json:  # noqa: ARG002, N802 (the names are those of the protocol)
        """The schemas. The provider itself takes any of the arguments that modules give it."""
        own = {"arguments": {name: {"type": kind} for name, kind in _CONFIGURATION.items()}, "blocks": {}}
        named = MESSAGES["Named"]
        return {
            "provider": _schema(own),
            "resource_schemas": [named(key=kind, value=_schema(each)) for kind, each in self.resources.items()],
            "data_source_schemas": [named(key=kind, value=_schema(each)) for kind, each in self.data.items()],
        }

    def PrepareProviderConfig(self, request: Any) -> Json:  # noqa: N802
        return {"prepared_config": request.config}

    def UpgradeResourceState(self, request: Any) -> Json:  # noqa: N802
        return {"state": MESSAGES["Value"](json=request.raw_state.json)}

    def ReadResource(self, request: Any) -> Json:  # noqa: N802
        return {"state": request.current_state}

    def PlanResourceChange(self, request: Any) -> Json:  # noqa: N802
        """What is asked for; what only the provider sets is not known yet."""
        proposed, prior = content(request.proposed_new_state), content(request.prior_state)
        if proposed is not None and prior is None:
            schema = self.resources[request.type_name]
            both = [name for name, each in schema["arguments"].items() if _is_both(name, each)]
            names = [*schema.get("computed", {}), *both]
            proposed |= {name: UNKNOWN for name in names if proposed.get(name) is None}
        return {"planned_state": value(proposed)}

    def ApplyResourceChange(self, request: Any) -> Json:  # noqa: N802
        planned = content(request.planned_state)
        if planned is not None:
            planned = _computed(request.type_name, planned)
            refused = self.make(request.type_name, planned) if self.make else None
            if refused:
                return {"diagnostics": [MESSAGES["Diagnostic"](severity=1, summary=refused)]}
            self.applied[request.type_name, planned["id"]] = planned
        return {"new_state": value(planned)}

    def ImportResourceState(self, request: Any) -> Json:  # noqa: N802
        found = self.find(request.type_name, request.id)
        if found is None:
            text = f"the cloud has no {request.type_name} {request.id}"
            return {"diagnostics": [MESSAGES["Diagnostic"](severity=1, summary=text)]}
        state = _computed(request.type_name, full(self.resources[request.type_name], found))
        self.imported[request.type_name, request.id] = state
        one = MESSAGES["ImportedOne"](type_name=request.type_name, state=value(state))
        return {"imported_resources": [one]}

    def ReadDataSource(self, request: Any) -> Json:  # noqa: N802
        asked = content(request.config)
        schema = self.data[request.type_name]
        made = {name: f"{name} of it" for name, kind in schema.get("computed", {}).items() if kind == "string"}
        if request.type_name == "google_container_cluster":
            made["master_auth"] = [json.dumps(_CLUSTER).encode(), [{"cluster_ca_certificate": "AAAA"}]]
        return {"state": value(_computed(request.type_name, asked | made))}


def _schema(schema: Json) -> Any:
    return MESSAGES["Schema"](version=0, block=_block(schema))


def _block(schema: Json) -> Any:
    attribute = MESSAGES["Attribute"]
    attributes = []
    for name, each in schema["arguments"].items():
        is_required = each.get("required", False)
        kind = json.dumps(each["type"]).encode()
        ways = {"required": is_required, "optional": not is_required, "computed": _is_both(name, each)}
        attributes.append(attribute(name=name, type=kind, **ways))
    for name, kind in schema.get("computed", {}).items():
        attributes.append(attribute(name=name, type=json.dumps(kind).encode(), computed=True))
    blocks = [
        MESSAGES["NestedBlock"](
            type_name=name,
            block=_block(each),
            nesting=_NESTING[each["nesting"]],
            min_items=int(each.get("required", False) and each["nesting"] != "single"),
        )
        for name, each in schema["blocks"].items()
    ]
    return MESSAGES["Block"](version=0, attributes=attributes, block_types=blocks)


def _is_both(name: str, argument: Json) -> bool:
    return (argument.get("computed", False) or name in _OF_BOTH) and not argument.get("required", False)


def _empty(schema: Json) -> Json:
    """An object with nothing in it, in the form that Terraform expects."""
    single = {name for name, each in schema["blocks"].items() if each["nesting"] == "single"}
    names = [*schema["arguments"], *schema.get("computed", {})]
    blocks = {name: None if name in single else [] for name in schema["blocks"]}
    return {**dict.fromkeys(names), **blocks}


def full(schema: Json, given: Json) -> Json:
    """A block with these values, in the form that Terraform expects: what is not given is null."""
    made = _empty(schema) | given
    for name, each in schema["blocks"].items():
        made[name] = [full(each, inner) for inner in made[name]] if made[name] else made[name]
    return made


def _computed(kind: str, values: Json) -> Json:
    """The values with those that the provider itself sets, by the documentation of its types."""
    made: Json = {}
    if kind == "google_service_account":
        email = f"{values['account_id']}@{values['project']}.iam.gserviceaccount.com"
        name = f"projects/{values['project']}/serviceAccounts/{email}"
        made = {"email": email, "member": f"serviceAccount:{email}", "name": name, "id": name}
    elif kind.startswith("google_iam_workload_identity_pool"):
        parts = ["locations/global/workloadIdentityPools", values["workload_identity_pool_id"]]
        if "workload_identity_pool_provider_id" in values:
            parts += ["providers", values["workload_identity_pool_provider_id"]]
        made = {"id": "/".join([f"projects/{values['project']}", *parts])}
    else:
        names = ("project", "service_account_id", "service", "role", "member", "name")
        given = [str(values[name]) for name in names if values.get(name)]
        metadata = (values.get("metadata") or [{}])[0]
        made = {"id": "/".join([*given, *(str(each) for each in metadata.values() if isinstance(each, str))])}
    known = {name: None if each == UNKNOWN else each for name, each in values.items()}
    return known | {name: each for name, each in made.items() if name in known}


def stubs(find: Find = nothing, make: Make | None = None) -> dict[str, Stub]:
    """The providers for AWS, Google Cloud and Kubernetes."""
    return {name: Stub(each["resources"], each["data"], find, make) for name, each in schemas().items()}


@contextmanager
def served(providers: Mapping[str, Stub]) -> Iterator[dict[str, str]]:
    """The variables that lead Terraform to these providers, while they are served on loopback."""
    reattach = {}
    servers = []
    for name, stub in providers.items():
        server = grpc.server(ThreadPoolExecutor(4))
        handlers = {call: _handler(stub, call) for call in CALLS}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("tfplugin5.Provider", handlers),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        servers.append(server)
        reattach[f"hashicorp/{name}"] = {
            "Protocol": "grpc",
            "ProtocolVersion": 5,
            "Pid": os.getpid(),
            "Test": True,
            "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
        }
    try:
        yield {"TF_REATTACH_PROVIDERS": json.dumps(reattach)}
    finally:
        for server in servers:
            server.stop(None).wait()


def _handler(stub: Stub, call: str) -> Any:
    request, answer = (MESSAGES[name] for name in CALLS[call])
    method = getattr(stub, call, None)

    def answered(message: Any, context: Any) -> Any:
        del context
        return answer(**(method(message) if method else {}))

    return grpc.unary_unary_rpc_method_handler(answered, request.FromString, answer.SerializeToString)
