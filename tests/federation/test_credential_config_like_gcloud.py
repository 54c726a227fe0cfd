"""The credential configuration is the one that gcloud writes, for every choice it offers for AWS."""

import json
import os
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from wizard.federation.config_check import find_problems
from wizard.federation.credential_config import credential_config, dump, parse
from wizard.federation.identifiers import ProviderName

GCLOUD = shutil.which("gcloud")
NAME = "projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov"
EMAIL = "bigquery-loader@acme-analytics.iam.gserviceaccount.com"

needs_gcloud = pytest.mark.skipif(GCLOUD is None, reason="gcloud is not installed")

CHOICES = [
    (account, lifetime, imdsv2)
    for account, lifetime, imdsv2 in product((None, EMAIL), (None, 600, 3600, 43200), (False, True))
    if account or not lifetime
]


def gcloud(folder: Path, *arguments: str, universe: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CLOUDSDK_CONFIG": str(folder / "gcloud"), "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
    if universe:
        environment["CLOUDSDK_CORE_UNIVERSE_DOMAIN"] = universe
    command = ["gcloud", "iam", "workload-identity-pools", "create-cred-config", NAME, "--aws", *arguments]
    command.append(f"--output-file={folder / 'config.json'}")
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def written(folder: Path, *arguments: str, universe: str | None = None) -> Any:
    done = gcloud(folder, *arguments, universe=universe)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "config.json").read_text())


@needs_gcloud
@pytest.mark.parametrize(("account", "lifetime", "imdsv2"), CHOICES)
def test_it_equals_what_gcloud_writes(account: str | None, lifetime: int | None, imdsv2: bool, tmp_path: Path) -> None:
    arguments = [f"--service-account={account}"] if account else []
    arguments += [f"--service-account-token-lifetime-seconds={lifetime}"] if lifetime else []
    arguments += ["--enable-imdsv2"] if imdsv2 else []
    ours = credential_config(ProviderName.parse(NAME), service_account=account, token_lifetime=lifetime, imdsv2=imdsv2)
    theirs = written(tmp_path, *arguments)
    assert parse(dump(ours)) == theirs
    assert find_problems(theirs) == []


@needs_gcloud
def test_another_universe_domain_is_written_as_gcloud_writes_it(tmp_path: Path) -> None:
    ours = credential_config(
        ProviderName.parse(NAME),
        service_account=EMAIL,
        universe_domain="acme.example",
        sts="https://sts.acme.example",
        iamcredentials="https://iamcredentials.acme.example",
    )
    assert ours == written(tmp_path, f"--service-account={EMAIL}", universe="acme.example")


@needs_gcloud
@pytest.mark.parametrize("lifetime", [599, 43201])
def test_a_lifetime_that_gcloud_refuses_is_refused(lifetime: int, tmp_path: Path) -> None:
    arguments = [f"--service-account={EMAIL}", f"--service-account-token-lifetime-seconds={lifetime}"]
    assert gcloud(tmp_path, *arguments).returncode != 0
    with pytest.raises(ValueError, match="600 to 43200"):
        credential_config(ProviderName.parse(NAME), service_account=EMAIL, token_lifetime=lifetime)


@needs_gcloud
def test_a_lifetime_without_a_service_account_is_refused_as_by_gcloud(tmp_path: Path) -> None:
    assert gcloud(tmp_path, "--service-account-token-lifetime-seconds=600").returncode != 0
    with pytest.raises(ValueError, match="needs a service account"):
        credential_config(ProviderName.parse(NAME), token_lifetime=600)


def test_the_file_is_laid_out_as_gcloud_does() -> None:
    text = dump(credential_config(ProviderName.parse(NAME)))
    assert text.startswith('{\n  "universe_domain": "googleapis.com",\n  "type": "external_account",\n')
    assert text.endswith("}\n")
