"""What the doctor sees in the environment of its own process."""

import json
from pathlib import Path

import pytest

from wizard.modes.aws.live import environment_checks
from wizard.modes.opened import Observation

ID, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
VALUE = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def seen(environ: dict[str, str]) -> list[Observation]:
    return [observation for check in environment_checks.of(environ) for observation in check.look()]


@pytest.mark.parametrize(
    ("environ", "codes"),
    [
        ({}, []),
        ({ID: "AKIAIOSFODNN7EXAMPLE"}, ["WIF0223"]),
        ({ID: "AKIAIOSFODNN7EXAMPLE", SECRET: ""}, ["WIF0223"]),
        ({ID: "AKIAIOSFODNN7EXAMPLE", SECRET: VALUE}, []),
        ({SECRET: VALUE}, []),
        ({ID: "ASIAIOSFODNN7EXAMPLE", SECRET: VALUE}, ["WIF0222"]),
        ({ID: "ASIAIOSFODNN7EXAMPLE", SECRET: VALUE, TOKEN: "x"}, []),
    ],
)
def test_aws_keys_that_are_not_whole_are_a_fault(environ: dict[str, str], codes: list[str]) -> None:
    observations = seen(environ)
    assert [each.code for each in observations] == codes
    assert VALUE not in str(observations)
    assert "EXAMPLE" not in str(observations)


@pytest.mark.parametrize(
    ("content", "inside", "severities"),
    [
        ({"type": "service_account", "private_key": "PRIVATEEXAMPLE"}, True, [""]),
        ({"type": "service_account", "private_key": "PRIVATEEXAMPLE"}, False, ["note"]),
        ({"type": "external_account"}, True, []),
        ({"type": "authorized_user"}, False, []),
    ],
)
def test_a_key_that_auth_libraries_use_is_a_fault_in_the_workload_and_a_note_elsewhere(
    tmp_path: Path, content: dict[str, str], inside: bool, severities: list[str]
) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    workload = {"AWS_LAMBDA_FUNCTION_NAME": "loader"} if inside else {}
    observations = seen({"GOOGLE_APPLICATION_CREDENTIALS": str(file), **workload})
    assert [each.severity for each in observations] == severities
    assert all(each.code == "WIF0103" for each in observations)
    assert "PRIVATEEXAMPLE" not in str(observations)


def test_a_file_that_does_not_exist_is_not_a_key(tmp_path: Path) -> None:
    assert seen({"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "no.json")}) == []
