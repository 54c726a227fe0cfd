"""The workload page."""

from __future__ import annotations

from typing import ClassVar

from textual import on

from screens import bridge
from screens.form import FormPage, why
from wizard.setup.question import Found

PROFILE = "aws.profile"


class WorkloadPage(FormPage):
    """What runs on AWS, and as which role."""

    page_id: ClassVar[str] = "workload"
    title: ClassVar[str] = "Workload"

    def answered(self, path: str) -> None:
        """With another profile, the operator is somebody else, and another account is the likely one."""
        if path != PROFILE:
            return
        if self.session.use_profile(self.answers.text(PROFILE)):
            self.field(PROFILE).say_of_list("asking who you are …")
            self.bridge.recognise(self, "aws")
        elif self.session.has_aws_keys:
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
