"""A sitting whose earlier pages are answered, and its frames."""

from textual.pilot import Pilot

from screens.session import Session
from tests.screens import frames
from tests.screens.driving import settled
from wizard.setup.question import Value

ANSWERS: dict[str, Value] = {
    "aws.account": "111122223333",
    "aws.region": "ap-northeast-1",
    "aws.runtime": "batch-fargate",
    "aws.role": "rds-to-bigquery",
    "google.project": "acme-analytics",
    "google.pool": "aws-prod",
}


def filled(**answers: Value) -> Session:
    """A session with answers; `trust__who` is the question trust.who."""
    session = Session()
    for path, value in (ANSWERS | {name.replace("__", "."): value for name, value in answers.items()}).items():
        session.answers.set(path, value)
    return session


async def check_frame(pilot: Pilot[int], name: str) -> None:
    """Compare the screen with a frame, once nothing moves in it any more."""
    await settled(pilot)
    seen: list[str] = []
    while len(seen) < 5 or len(set(seen[-5:])) > 1:
        await pilot.pause(0.02)
        seen.append(frames.frame(pilot.app))
    frames.check(pilot.app, f"{name}-{pilot.app.size.width}x{pilot.app.size.height}")
