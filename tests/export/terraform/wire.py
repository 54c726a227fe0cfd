"""The messages of Terraform's plugin protocol, version 5, as far as Terraform uses them with the provider for tests.

Source: Terraform documentation, "Terraform Plugin Protocol". Values travel as MessagePack, and unknown ones as its
extension 0.
"""

from typing import Any

import msgspec
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

UNKNOWN = msgspec.msgpack.Ext(0, b"\0")
"""A value that is known only after apply."""

_SCALARS = {"bytes": 12, "string": 9, "bool": 8, "int64": 3, "enum": 5}
_MESSAGES: dict[str, list[tuple[str, str, int]]] = {
    "Value": [("bytes", "msgpack", 1), ("bytes", "json", 2)],
    "Diagnostic": [("enum", "severity", 1), ("string", "summary", 2), ("string", "detail", 3)],
    "Attribute": [
        ("string", "name", 1),
        ("bytes", "type", 2),
        ("bool", "required", 4),
        ("bool", "optional", 5),
        ("bool", "computed", 6),
    ],
    "NestedBlock": [
        ("string", "type_name", 1),
        ("Block", "block", 2),
        ("enum", "nesting", 3),
        ("int64", "min_items", 4),
        ("int64", "max_items", 5),
    ],
    "Block": [("int64", "version", 1), ("Attribute*", "attributes", 2), ("NestedBlock*", "block_types", 3)],
    "Schema": [("int64", "version", 1), ("Block", "block", 2)],
    # A map is on the wire what a list of pairs is.
    "Named": [("string", "key", 1), ("Schema", "value", 2)],
    "Schemas": [("Schema", "provider", 1), ("Named*", "resource_schemas", 2), ("Named*", "data_source_schemas", 3)],
    "Raw": [("bytes", "json", 1)],
    # One message for the requests of all calls, and one for each shape of answers.
    "Nothing": [],
    "Prepared": [("Value", "prepared_config", 1), ("Diagnostic*", "diagnostics", 2)],
    "Prepare": [("Value", "config", 1)],
    "Validate": [("string", "type_name", 1), ("Value", "config", 2)],
    "Diagnostics": [("Diagnostic*", "diagnostics", 1)],
    "Upgrade": [("string", "type_name", 1), ("int64", "version", 2), ("Raw", "raw_state", 3)],
    "Read": [("string", "type_name", 1), ("Value", "current_state", 2)],
    "State": [("Value", "state", 1), ("Diagnostic*", "diagnostics", 2)],
    "Plan": [("string", "type_name", 1), ("Value", "prior_state", 2), ("Value", "proposed_new_state", 3)],
    "Planned": [("Value", "planned_state", 1), ("Diagnostic*", "diagnostics", 4)],
    "Apply": [("string", "type_name", 1), ("Value", "prior_state", 2), ("Value", "planned_state", 3)],
    "Applied": [("Value", "new_state", 1), ("Diagnostic*", "diagnostics", 3)],
    "Import": [("string", "type_name", 1), ("string", "id", 2)],
    "ImportedOne": [("string", "type_name", 1), ("Value", "state", 2)],
    "Imported": [("ImportedOne*", "imported_resources", 1), ("Diagnostic*", "diagnostics", 2)],
}

CALLS = {
    "GetSchema": ("Nothing", "Schemas"),
    "PrepareProviderConfig": ("Prepare", "Prepared"),
    "ValidateResourceTypeConfig": ("Validate", "Diagnostics"),
    "ValidateDataSourceConfig": ("Validate", "Diagnostics"),
    "Configure": ("Nothing", "Diagnostics"),
    "UpgradeResourceState": ("Upgrade", "State"),
    "ReadResource": ("Read", "State"),
    "PlanResourceChange": ("Plan", "Planned"),
    "ApplyResourceChange": ("Apply", "Applied"),
    "ImportResourceState": ("Import", "Imported"),
    "ReadDataSource": ("Validate", "State"),
    "Stop": ("Nothing", "Nothing"),
}
"""Each call that Terraform makes, with the messages of its request and its answer."""


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="terraform_for_tests.proto", package="tests", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for kind, field, number in fields:
            added = message.field.add(name=field, number=number, label=3 if kind.endswith("*") else 1)
            plain = kind.removesuffix("*")
            if plain in _SCALARS:
                added.type = _SCALARS[plain]  # type: ignore[assignment]
            else:
                added.type, added.type_name = 11, f".tests.{plain}"  # type: ignore[assignment]
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tests.{name}")) for name in _MESSAGES}


MESSAGES = _classes()


def value(content: Any) -> Any:
    """A value on its way to Terraform."""
    return MESSAGES["Value"](msgpack=msgspec.msgpack.encode(content))


def content(message: Any) -> Any:
    """A value that Terraform sent."""
    if message.json:
        return msgspec.json.decode(message.json)
    return msgspec.msgpack.decode(message.msgpack, ext_hook=lambda code, data: msgspec.msgpack.Ext(code, bytes(data)))
