"""What the README shows is what the product makes."""

import re
from pathlib import Path

import yaml

from wizard.modes.aws import sidecar

README = Path(__file__).parents[1] / "README.md"


def test_the_part_of_a_pod_is_the_one_of_the_readme() -> None:
    target = "/etc/google/credentials.json"
    variables = {"GOOGLE_APPLICATION_CREDENTIALS": target, "AWS_REGION": "ap-northeast-1"}
    made = sidecar.pod("...", target, variables)  # for the content of the file, which is the team's own
    found = re.search(r"```yaml\n(initContainers:.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    assert yaml.safe_load(found[1]) == made
