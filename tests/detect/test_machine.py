"""Defaults from files and the environment, each with its source, as aws and gcloud themselves would read them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.clouds import aws_files, gcloud_files
from wizard.setup.question import Found
from wizard.work import detecting


class Home:
    """A home folder, and the environment of somebody who lives there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environ = {"HOME": str(path)}

    def write(self, name: str, text: str) -> Path:
        """A file under the home folder."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def found(self, **environ: str) -> dict[str, Found]:
        """The defaults, with more in the environment."""
        return detecting.defaults({**self.environ, **environ})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


AWS_CONFIG = """
[default]
region = eu-central-1
[profile prod]
region = ap-northeast-1
role_arn = arn:aws:iam::111122223333:role/deployer
source_profile = default
s3 =
  max_concurrent_requests = 20
[profile "staging"]
sso_account_id = 444455556666
[sso-session work]
sso_region = eu-west-1
"""


def test_an_empty_machine_gives_no_defaults(home: Home) -> None:
    assert home.found() == {}


def test_the_profile_in_use_tells_region_and_account(home: Home) -> None:
    home.write(".aws/config", AWS_CONFIG)
    assert home.found(AWS_PROFILE="prod") == {
        "aws.region": Found("ap-northeast-1", "AWS profile prod"),
        "aws.account": Found("111122223333", "AWS profile prod"),
    }
    assert home.found(AWS_PROFILE="staging")["aws.account"] == Found("444455556666", "AWS profile staging")
    assert home.found() == {"aws.region": Found("eu-central-1", "AWS profile default")}
    assert home.found(AWS_PROFILE="unknown") == {}


def test_the_environment_comes_before_the_profile(home: Home) -> None:
    home.write(".aws/config", AWS_CONFIG)
    found = home.found(AWS_PROFILE="prod", AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-west-2")
    assert found["aws.region"] == Found("us-east-1", "AWS_REGION")
    assert home.found(AWS_DEFAULT_REGION="us-west-2")["aws.region"] == Found("us-west-2", "AWS_DEFAULT_REGION")


def test_with_keys_in_the_environment_a_profile_does_not_tell_the_account(home: Home) -> None:
    home.write(".aws/config", AWS_CONFIG)
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    assert "aws.account" not in home.found(AWS_PROFILE="prod", **keys)


def test_files_are_where_the_variables_say(home: Home) -> None:
    config = home.write("elsewhere/config", "[profile a]\nregion = eu-west-1\n")
    credentials = home.write("elsewhere/credentials", "[b]\naws_access_key_id = x\nregion = eu-west-2\n")
    environ = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
    found = aws_files.profiles({**home.environ, **environ})
    assert [(each.name, each.region) for each in found] == [("a", "eu-west-1"), ("b", "eu-west-2")]


def test_the_active_configuration_of_gcloud_tells_the_project(home: Home) -> None:
    home.write(".config/gcloud/configurations/config_default", "[core]\nproject = acme-analytics\n")
    home.write(".config/gcloud/configurations/config_work", "[core]\nproject = acme-work\naccount = a@acme.example\n")
    assert home.found() == {"google.project": Found("acme-analytics", "gcloud config")}
    home.write(".config/gcloud/active_config", "work\n")
    assert home.found()["google.project"] == Found("acme-work", "gcloud config")
    assert home.found(CLOUDSDK_ACTIVE_CONFIG_NAME="default")["google.project"].value == "acme-analytics"


def test_gclouds_folder_is_where_the_variable_says(home: Home) -> None:
    home.write("other/configurations/config_default", "[core]\nproject = acme-other\n")
    assert home.found(CLOUDSDK_CONFIG=str(home.path / "other"))["google.project"].value == "acme-other"


@pytest.mark.parametrize("variable", ["CLOUDSDK_CORE_PROJECT", "GOOGLE_CLOUD_PROJECT"])
def test_a_variable_comes_before_gclouds_files(home: Home, variable: str) -> None:
    home.write(".config/gcloud/configurations/config_default", "[core]\nproject = acme-analytics\n")
    assert home.found(**{variable: "acme-env"})["google.project"] == Found("acme-env", variable)


def test_application_default_credentials_tell_the_project_last(home: Home) -> None:
    file = ".config/gcloud/application_default_credentials.json"
    home.write(file, '{"type": "authorized_user", "quota_project_id": "acme-quota", "refresh_token": "1//secret"}')
    assert home.found() == {"google.project": Found("acme-quota", "Application Default Credentials")}
    key = home.write("key.json", '{"type": "service_account", "project_id": "acme-key", "private_key": "secret"}')
    assert home.found(GOOGLE_APPLICATION_CREDENTIALS=str(key))["google.project"].value == "acme-key"


def test_secrets_are_left_in_their_files(home: Home) -> None:
    text = '{"type": "authorized_user", "client_secret": "hidden", "refresh_token": "hidden", "account": ""}'
    home.write(".config/gcloud/application_default_credentials.json", text)
    assert gcloud_files.default_credentials(home.environ) == {"type": "authorized_user"}


def test_what_no_rule_allows_is_no_default(home: Home) -> None:
    assert home.found(GOOGLE_CLOUD_PROJECT="123456789012", AWS_REGION="", AWS_DEFAULT_REGION="Tokyo") == {}


@given(st.binary())
def test_broken_files_are_passed_over(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    home = Home(tmp_path_factory.mktemp("broken"))
    for name in (
        ".aws/config",
        ".aws/credentials",
        ".config/gcloud/active_config",
        ".config/gcloud/configurations/config_default",
        ".config/gcloud/application_default_credentials.json",
    ):
        home.write(name, "").write_bytes(content)
    assert set(home.found()) <= {"aws.region", "aws.account", "google.project"}
