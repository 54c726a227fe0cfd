"""The workload page."""

from __future__ import annotations

from typing import ClassVar

from textual import on

from screens import bridge
from screens.bridge import Bridge
from screens.form import FormPage, why
from screens.session import Session
from wizard.clouds import aws_files
from wizard.modes.aws import profiles
from wizard.modes.mode import operators
from wizard.setup.question import Found

PROFILE = "aws.profile"


class WorkloadPage(FormPage):
    """What runs on AWS, and as which role."""

    page_id: ClassVar[str] = "aws-workload"
    title: ClassVar[str] = "Workload"

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """Remember the profile that was there at the start."""
        super().__init__(session, bridge)
        self._at_start = session.environ.get("AWS_PROFILE")

    def answered(self, path: str) -> None:
        """With another profile, the operator is somebody else, and another account is the likely one."""
        if path != PROFILE:
            return
        environ = self.session.environ
        if profiles.use_profile(environ, self.answers.text(PROFILE), self._at_start):
            self.session.forget_clouds()
            self.field(PROFILE).say_of_list("asking who you are …")
            self.bridge.recognise(self, operators()["aws"])
        elif aws_files.keys_in_environment(environ):
            self.field(PROFILE).say_of_list("the AWS keys in the environment come before any profile")

    @on(bridge.Recognised)
    def _recognised(self, event: bridge.Recognised) -> None:
        event.stop()
        self.session.detect({"aws.account": Found(event.identity.account, event.identity.source)})
        self.refreshed()
        self.field(PROFILE).say_of_list(f"you are {event.identity.who}")
        self.post_message(self.Changed())

    @on(bridge.Failed)
    def _not_recognised(self, event: bridge.Failed) -> None:
        if event.doing == "recognise aws":
            event.stop()
            self.field(PROFILE).say_of_list(f"not known who you are ({why(event.error)})")


PAGE = WorkloadPage
