"""The schedule of faults: the clock of the clouds, and operations that end in an error."""

import json
import os
from pathlib import Path

import pytest
import yaml

from tests.torture.world import scenario
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.sandbox.faults import Faults
from wizard.sandbox.process import Sandbox

POOLS = "/v1/projects/acme-analytics/locations/global/workloadIdentityPools"


def test_the_schedule_says_how_far_the_clock_is_ahead(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    faults = Faults(file=file)
    assert faults.ahead == 0
    file.write_text('[{"ahead": 1200}, {"service": "iam", "call": "GetRole", "status": 503}]', encoding="utf-8")
    assert faults.ahead == 1200
    assert faults.match("iam", "GetRole") is not None


@pytest.fixture
def scheduled(tmp_path: Path) -> Path:
    """The file of the schedule, which a sandbox reads that this environment leads to."""
    file = tmp_path / "faults.json"
    file.write_text("[]", encoding="utf-8")
    return file


def test_operations_and_the_clock_follow_the_schedule(scheduled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = yaml.safe_dump(scenario("aws"))  # in which the IAM API is enabled
    (scheduled.parent / "world.yaml").write_text(text, encoding="utf-8")
    with Sandbox(str(scheduled.parent / "world.yaml"), ["--faults", str(scheduled)]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        clouds = Clouds("acme-analytics", "ap-northeast-1", environ=os.environ)
        rule = {"service": "iam.googleapis.com", "call": "operation *", "status": 500, "times": 1}
        scheduled.write_text(json.dumps([rule, {"ahead": 1200}]), encoding="utf-8")
        started = clouds.google.call("iam", "POST", POOLS, {}, {"workloadIdentityPoolId": "aws-prod"})
        ended = clouds.google.call("iam", "GET", f"/v1/{started['name']}")
        assert (ended["done"], ended["error"]["code"]) == (True, 13)
        assert clouds.google.get_or_none("iam", f"{POOLS}/aws-prod") is None, "it has no effect"
        with pytest.raises(CloudError, match="Signature expired"):
            clouds.aws.call("sts", "get_caller_identity")
        struck = [line for line in sandbox.request_log.read_text(encoding="utf-8").splitlines() if '"fault"' in line]
        assert len(struck) == 1
        scheduled.write_text("[]", encoding="utf-8")
        assert clouds.aws.call("sts", "get_caller_identity")["Account"] == "111122223333"
