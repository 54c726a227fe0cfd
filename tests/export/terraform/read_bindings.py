"""Reads the arguments of Terraform's types from published bindings, and writes them to schemas.json.

The providers of Google Cloud and Kubernetes cannot be installed everywhere, but the packages @cdktf/provider-google and
@cdktf/provider-kubernetes, which were generated from the providers' own schemas, have every argument. Run it so:

    npm pack @cdktf/provider-google@16.12.1 @cdktf/provider-kubernetes@12.1.1
    terraform providers schema -json > aws.json    (in a folder that requires hashicorp/aws)
    python -m tests.export.terraform.read_bindings aws.json 5.100.0 FOLDER-OF-GOOGLE FOLDER-OF-KUBERNETES
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).with_name("schemas.json")

GRANTS = [
    "google_artifact_registry_repository_iam_member",
    "google_bigquery_dataset_access",
    "google_bigquery_table_iam_member",
    "google_folder_iam_member",
    "google_kms_crypto_key_iam_member",
    "google_kms_key_ring_iam_member",
    "google_organization_iam_member",
    "google_pubsub_subscription_iam_member",
    "google_pubsub_topic_iam_member",
    "google_secret_manager_secret_iam_member",
    "google_spanner_database_iam_member",
    "google_spanner_instance_iam_member",
    "google_storage_bucket_iam_member",
    "google_storage_managed_folder_iam_member",
]
WHOLE = {
    "resources": [
        "aws_iam_instance_profile",
        "aws_iam_role",
        *GRANTS,
        "google_iam_workload_identity_pool",
        "google_iam_workload_identity_pool_provider",
        "google_project_iam_member",
        "google_project_service",
        "google_service_account",
        "google_service_account_iam_member",
        "kubernetes_default_service_account_v1",
        "kubernetes_namespace_v1",
        "kubernetes_service_account_v1",
    ],
    "data": [
        "aws_iam_instance_profile",
        "aws_iam_role",
        "google_client_config",
        "google_container_cluster",
        "google_iam_workload_identity_pool",
        "google_iam_workload_identity_pool_provider",
        "google_service_account",
        "kubernetes_namespace_v1",
        "kubernetes_service_account_v1",
    ],
}
"""The types that the exporter writes."""

PARTS = {
    "aws_batch_job_definition": ["container_properties"],
    "aws_ecs_service": ["task_definition"],
    "aws_ecs_task_definition": ["container_definitions", "task_role_arn", "arn"],
    "aws_iam_role": ["assume_role_policy"],
    "aws_instance": [
        "iam_instance_profile",
        "metadata_options.http_endpoint",
        "metadata_options.http_put_response_hop_limit",
    ],
    "aws_lambda_function": ["environment.variables", "role"],
    "google_bigquery_dataset_access": ["dataset_id", "iam_member", "project", "role", "user_by_email"],
    "google_container_cluster": ["workload_identity_config.workload_pool"],
    "google_container_node_pool": ["node_config.workload_metadata_config.mode"],
    "google_iam_workload_identity_pool_provider": ["attribute_condition", "attribute_mapping"],
    "kubernetes_cron_job_v1": ["spec.job_template.spec.template.spec.service_account_name"],
    "kubernetes_daemon_set_v1": ["spec.template.spec.service_account_name"],
    "kubernetes_deployment_v1": ["spec.template.spec.service_account_name"],
    "kubernetes_default_service_account_v1": ["metadata.annotations"],
    "kubernetes_job_v1": ["spec.template.spec.service_account_name"],
    "kubernetes_service_account_v1": ["metadata.annotations"],
    "kubernetes_stateful_set_v1": ["spec.template.spec.service_account_name"],
}
"""The types of which the exporter writes a few lines, and the only arguments that are kept of them."""

_TYPES = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "stringMap": ["map", "string"],
    "stringList": ["list", "string"],
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "StringMap": ["map", "string"],
    "List": ["list", "string"],
}
_ENTRY = re.compile(
    r"^ {12}(\w+): \{\n {16}value: (.*),\n {16}isBlock: (true|false),\n {16}type: \"(\w+)\",\n"
    r" {16}storageClassType: \"(\w+)\",",
    re.MULTILINE,
)
_STRUCT_ENTRY = re.compile(_ENTRY.pattern.replace(" {16}", " {12}").replace("^ {12}", "^ {8}"), re.MULTILINE)
_COMPUTED = re.compile(r"// (\w+) - computed: true, optional: false, required: false\n.*?\n? *(?:get|return|this)(.*)")

Json = dict[str, Any]


class Bindings:
    """The bindings of one provider, in an unpacked package."""

    def __init__(self, package: Path) -> None:
        about = json.loads((package / "package.json").read_text(encoding="utf-8"))
        provider = (package / "lib" / "provider" / "index.js").read_text(encoding="utf-8")
        self.version = str(re.search(r"providerVersion: '([\d.]+)'", provider)[1])  # type: ignore[index]
        self.made_from = f"{about['name']} {about['version']}"
        self._lib = package / "lib"

    def schema(self, kind: str, *, data: bool = False) -> Json:
        """The schema of a type: its arguments, its blocks, and what only the provider sets."""
        for folder in sorted(self._lib.iterdir()):
            index = folder / "index.js"
            if folder.name.startswith("data-") is data and index.exists():
                text = index.read_text(encoding="utf-8")
                if f"terraformResourceType: '{kind}'" in text:
                    return self._read(folder, text)
        raise SystemExit(f"{self.made_from} has no {kind}")

    def _read(self, folder: Path, text: str) -> Json:
        structs = [path.read_text(encoding="utf-8") for path in sorted((folder / "index-structs").glob("*.js"))]
        types = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.d.ts"))]
        source, declared = "\n".join([text, *structs]), "\n".join(types)
        start = text.index("synthesizeHclAttributes")
        config = re.search(r"export interface (\w+Config) extends cdktf.TerraformMetaArguments", declared)
        found = _block(source, declared, text[start:], _ENTRY, str(config[1]) if config else "")
        main = text[text.index(" extends cdktf.Terraform") :]
        computed = {name: _getter(main, name) for name, _ in _COMPUTED.findall(main)}
        return found | {"computed": dict(sorted(computed.items()))}


def _getter(text: str, name: str) -> Any:
    found = re.search(rf"return this\.get(\w+?)Attribute\('{name}'\)", text)
    return _TYPES.get(found[1], "dynamic") if found else "dynamic"


def _block(source: str, declared: str, body: str, entry: re.Pattern[str], interface: str) -> Json:
    body = body.partition("remove undefined attributes")[0]
    required = _required(declared, interface)
    arguments: Json = {}
    blocks: Json = {}
    for name, value, is_block, nesting, storage in entry.findall(body):
        is_required = {"required": True} if name in required else {}
        if is_block == "false":
            arguments[name] = {"type": _type(nesting, storage), **is_required}
            continue
        function = re.search(r"(\w+)ToHclTerraform", value)
        if function is None:
            raise SystemExit(f"cannot read the block {name}: {value}")
        begin = source.index(f"function {function[1]}ToHclTerraform(")
        inner = f"{function[1][0].upper()}{function[1][1:]}"
        blocks[name] = {"nesting": "single" if nesting == "struct" else nesting, **is_required} | _block(
            source, declared, source[begin:], _STRUCT_ENTRY, inner
        )
    return {"arguments": arguments, "blocks": blocks}


def _type(nesting: str, storage: str) -> Any:
    """The type of an argument, as Terraform writes types in JSON."""
    return ["set", "string"] if (nesting, storage) == ("set", "stringList") else _TYPES.get(storage, "dynamic")


def _required(declared: str, interface: str) -> set[str]:
    """The names of what an interface requires."""
    found = re.search(rf"(?s)export interface {interface}\b[^{{]*\{{(.*?)\n\}}", declared)
    names = re.findall(r"^ {4}readonly (\w+): ", found[1], re.MULTILINE) if found else []
    return {re.sub("([A-Z])", lambda letter: f"_{letter[1].lower()}", name) for name in names}


def _only(schema: Json, paths: list[list[str]]) -> Json:
    """A schema with only what lies on some paths, of which nothing is required."""
    arguments: Json = {}
    inside: dict[str, list[list[str]]] = {}
    for first, *rest in paths:
        if rest:
            inside.setdefault(first, []).append(rest)
        elif first in schema["arguments"]:
            arguments[first] = {"type": schema["arguments"][first]["type"]}
    computed = {name: kind for name, kind in schema.get("computed", {}).items() if [name] in paths}
    blocks = {
        name: {"nesting": schema["blocks"][name]["nesting"]} | _only(schema["blocks"][name], rest)
        for name, rest in inside.items()
    }
    made = {"arguments": arguments, "blocks": blocks, "computed": computed}
    if not any((arguments, blocks, computed)):
        raise SystemExit(f"there is nothing at {paths}")
    return made


class Printed:
    """What `terraform providers schema -json` prints of the provider for AWS."""

    def __init__(self, file: Path, version: str) -> None:
        document = json.loads(file.read_text(encoding="utf-8"))["provider_schemas"]
        (self._schemas,) = document.values()
        self.version, self.made_from = version, f"hashicorp/aws {version}"

    def schema(self, kind: str, *, data: bool = False) -> Json:
        """The schema of a type."""
        part = "data_source_schemas" if data else "resource_schemas"
        return _printed(self._schemas[part][kind]["block"])


def _printed(block: Json) -> Json:
    attributes: Json = block.get("attributes", {})
    only_computed = {name for name, each in attributes.items() if not (each.get("required") or each.get("optional"))}
    arguments = {
        name: {"type": each["type"]} | {key: True for key in ("required", "computed") if each.get(key)}
        for name, each in attributes.items()
        if name not in only_computed
    }
    blocks = {
        name: {"nesting": each["nesting_mode"], **({"required": True} if each.get("min_items") else {})}
        | _printed(each["block"])
        for name, each in block.get("block_types", {}).items()
    }
    computed = {name: attributes[name]["type"] for name in sorted(only_computed)}
    return {"arguments": arguments, "blocks": blocks, "computed": computed}


def main(printed: str, version: str, *packages: str) -> None:
    """Write schemas.json from what is printed of AWS, and from the packages of the others."""
    made = {"aws": _of("aws", Printed(Path(printed), version))}
    for package in packages:
        bindings = Bindings(Path(package))
        name = bindings.made_from.partition("provider-")[2].partition(" ")[0]
        made[name] = _of(name, bindings)
    SCHEMAS.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _of(name: str, source: "Bindings | Printed") -> Json:
    """The schemas of one provider's types."""
    return {
        "version": source.version,
        "from": source.made_from,
        "resources": {kind: source.schema(kind) for kind in WHOLE["resources"] if kind.startswith(f"{name}_")},
        "data": {kind: source.schema(kind, data=True) for kind in WHOLE["data"] if kind.startswith(f"{name}_")},
        "lines": {
            kind: _only(source.schema(kind), [path.split(".") for path in paths])
            for kind, paths in PARTS.items()
            if kind.startswith(f"{name}_")
        },
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
