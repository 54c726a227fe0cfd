"""What a one-off workload leaves has its kind in the language that is spoken."""

from typing import Any

import pytest

from wizard.chain import tidy
from wizard.clouds.errors import CloudError
from wizard.engine.journal import Journal
from wizard.engine.patience import Time
from wizard.language import speaking
from wizard.modes.aws.live.task.ecs import OneOffTask
from wizard.modes.aws.live.task.follow import Followed, Left
from wizard.modes.aws.live.task.wanted import Seen


class Stuck:
    """A task that is neither started nor removed."""

    kind = OneOffTask.kind
    name = "wif-1"

    def __init__(self) -> None:
        self.removing: list[str] = []

    def place(self) -> dict[str, Any]:
        return {}

    def start(self) -> None:
        raise CloudError("ecs", "run_task", 400, "ClientException", "no")

    def look(self) -> Seen:
        raise NotImplementedError

    def remove(self) -> None:
        self.removing += tidy.CLEANING.removing
        raise CloudError("ecs", "stop_task", 400, "ClientException", "no")


def test_what_is_being_removed_and_what_is_left_are_in_japanese() -> None:
    stuck = Stuck()
    followed = Followed(
        None,
        stuck,
        1,
        str,
        str,
        bool,
        Journal(),
        time=Time(lambda: 0.0, lambda _seconds: None),  # type: ignore[arg-type]
    )
    with speaking("ja"), pytest.raises(Left, match=r"^一時タスク wif-1 を削除できませんでした"):
        followed.run()
    assert set(stuck.removing) == {"一時タスク wif-1"}
