"""What people read about a run."""

import pytest

from wizard.engine.journal import Run, Write
from wizard.work.run_text import line_of
from wizard.work.runs import RecordedRun

RUN = RecordedRun(Run("20261121-193000-ab12", "2026-11-21T19:30:00+00:00", None, "done", "a setup", ""), [])


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("enabled services", "projects/acme-analytics/services", "✓ enabled services in acme-analytics: updated"),
        (
            "workload identity pool",
            "projects/acme-analytics/locations/global/workloadIdentityPools/aws-prod",
            "✓ workload identity pool aws-prod: updated",
        ),
        ("credential configuration", "config.json", "✓ credential configuration config.json: updated"),
    ],
)
def test_the_line_of_a_write_names_the_resource(kind: str, name: str, said: str) -> None:
    write = Write(RUN.run.id, 1, kind, name, "update", None, {}, "", "", "done", None, None)
    assert line_of(write, RUN) == said
