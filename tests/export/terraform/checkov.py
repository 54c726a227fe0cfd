"""Runs checkov, given by its path, over the module of every setup. Prints what it finds, and fails if that is ours.

checkov tells no severity without an account, so every failed check counts, except those below.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.export.terraform.cases import CASES
from tests.export.terraform.running import written
from wizard.export.terraform import files

NOT_OURS = {
    "CKV_GCP_125": "It wants the issuer of GitHub Actions in every provider, and ours are for AWS and for EKS.",
}
"""Failed checks that are not about our modules, with the reason."""


def main(program: str) -> int:
    """Check all modules at once. Returns the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, case in enumerate(CASES):
            written(files(case.resources()), folder / str(number))
        arguments = ["-d", name, "--framework", "terraform", "--skip-download", "-o", "json"]
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=600, check=False)
        report = json.loads(done.stdout)
    passed = report["summary"]["passed"]
    found = [
        f"{CASES[int(each['file_path'].split('/')[1])]}: {each['check_id']} {each['check_name']}: {each['resource']}"
        for each in report["results"]["failed_checks"]
        if each["check_id"] not in NOT_OURS
    ]
    assert passed > len(CASES), "checkov looked at the modules"
    print("\n".join([*found, f"checkov: {len(CASES)} modules, {passed} checks passed, {len(found)} failed"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
