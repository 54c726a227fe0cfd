"""A review is shown only for as long as it is the review of the answers on the screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.message import Message
from textual.widget import Widget

from screens.bridge import Bridge, Reviewed
from screens.session import Session
from tests.screens.worlds import opened_in, session_of
from wizard.engine.plan import Plan
from wizard.modes.aws.profiles import use_profile
from wizard.work import planning


class AtOnce(Bridge):
    """Works in the caller's own thread, and keeps what it would post to the page."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.posted: list[Message] = []

    def start(self, page: Widget, doing: str, work: Callable[..., None], outlives: bool = False) -> None:
        del page, doing, outlives
        work(self.posted.append)


def reviewed_after(session: Session, meanwhile: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What is posted of a review during which something happens to the session."""

    def review(*_: object, **__: object) -> planning.Review:
        meanwhile()
        return planning.Review(Plan(()), [], [])

    monkeypatch.setattr(planning, "review", review)
    bridge = AtOnce(session)
    bridge.review(Widget())
    return bridge.posted


def test_a_review_of_the_present_answers_is_posted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(tmp_path)
    session.opened = opened_in(tmp_path)
    (posted,) = reviewed_after(session, lambda: None, monkeypatch)
    assert isinstance(posted, Reviewed)


def test_a_review_of_answers_that_were_changed_meanwhile_is_not_posted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(tmp_path)
    session.opened = opened_in(tmp_path)

    def change() -> None:
        session.opened = opened_in(tmp_path)

    assert reviewed_after(session, change, monkeypatch) == []


def test_a_review_as_another_aws_profile_is_not_posted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "aws-config"
    config.write_text("[profile one]\nregion = eu-west-1\n[profile other]\nregion = eu-west-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "one")
    session = session_of(tmp_path)
    session.opened = opened_in(tmp_path)

    def change() -> None:
        assert use_profile(session.environ, "other", "one")
        session.forget_clouds()

    assert reviewed_after(session, change, monkeypatch) == []
