"""Plans and applies setups in a sandbox by the wizard's own code, as the commands do."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.worlds.names import Json
from wizard.engine.resource import Change, Refused
from wizard.setup.problems import BadInput
from wizard.work import applying, planning
from wizard.work.opening import open_setup
from wizard.work.planning import Review


@dataclass(frozen=True)
class Planned:
    """A plan, and what it announces; or the reason why there is none."""

    file: Path
    review: Review | None = None
    refusal: str = ""

    @property
    def gains(self) -> list[str]:
        """What someone gets that the setup does not ask for."""
        assert self.review is not None
        return [text for change in self.review.plan.pending for text in change.resource.gains(change)]

    @property
    def losses(self) -> list[str]:
        """What others lose."""
        assert self.review is not None
        return [loss.text for loss in self.review.losses]

    @property
    def impacts(self) -> list[str]:
        """What must be confirmed."""
        assert self.review is not None
        found = [change.resource.impact(change) for change in self.review.plan.pending]
        return [text for text in found if text]

    @property
    def notes(self) -> list[str]:
        """What is worth knowing."""
        assert self.review is not None
        return [text for change in self.review.plan.changes for text in planning.notes(change)]

    @property
    def changes(self) -> dict[tuple[str, str], Change]:
        """The changes, by kind and name."""
        assert self.review is not None
        return {change.resource.identity: change for change in self.review.plan.changes}

    def shown(self) -> list[str]:
        """The pending changes, to read after a failure."""
        assert self.review is not None
        return [f"{each.action} {each.resource}: {each.fields}" for each in self.review.plan.pending]


def plan(setup: Json, folder: Path) -> Planned:
    """Plan a setup. Its files are in the folder."""
    file = folder / f"{setup.get('credential_config', 'workloads')}.setup.yaml"
    file.write_text(json.dumps(setup), encoding="utf-8")
    try:
        return Planned(file, planning.review(open_setup(str(file))))
    except (BadInput, Refused) as error:
        return Planned(file, refusal=str(error))


def apply(planned: Planned) -> None:
    """Apply a plan, once with losses accepted. Fails if the wizard refuses, or if a change fails."""
    assert planned.review is not None
    opened = open_setup(str(planned.file))
    result = applying.apply(opened, planned.review, lambda _: None, accept_loss=True)
    assert result.ok, [f"{each.change.resource}: {each.error}" for each in result.failures]
