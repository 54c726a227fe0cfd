"""What each auth library would have found, beside the credentials that the workload has."""

import pytest

from wizard.modes.aws.auth_libraries import CONTAINER, LIBRARIES, evidence

NOTHING = {"source": None, "words": "Unable to retrieve AWS role name"}
OTHERS = [each.title for each in LIBRARIES if each.language != "PHP"]


@pytest.mark.parametrize("source", ["environment", "instance metadata"])
def test_every_library_reads_keys_in_the_environment_and_an_instances_role(source: str) -> None:
    (line,) = evidence({"source": source, "google_auth": {"source": source, "role": "x"}})
    assert all(library.title in line for library in LIBRARIES)
    assert "find the same AWS credentials" in line


@pytest.mark.parametrize("source", CONTAINER)
@pytest.mark.parametrize(
    ("alone", "words"),
    [
        (NOTHING, "find no AWS credentials"),
        ({"source": "instance metadata", "role": "ecs-host"}, "This identity is the host's role ecs-host"),
        (
            {"source": None, "not_asked": "http://169.254.169.254/"},
            "On an EC2 host, these libraries silently use the role of the host",
        ),
        ({"source": "environment"}, "use different AWS access keys from environment variables"),
    ],
    ids=["Fargate", "EC2 host", "from here", "keys"],
)
def test_only_php_reads_the_credentials_of_a_container(source: str, alone: dict[str, str], words: str) -> None:
    others, php = evidence({"source": source, "google_auth": alone})
    assert words in others
    assert all(title in others for title in OTHERS)
    assert "PHP" not in others
    assert php == (
        "if the program has only this credential configuration, these auth libraries find the same AWS credentials as "
        "the test: PHP (google/auth versions since July 2026)"
    )


def test_no_library_reads_a_profile() -> None:
    (line,) = evidence({"source": "profile", "google_auth": NOTHING})
    assert "PHP" in line and "find no AWS credentials" in line
