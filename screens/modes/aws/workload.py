"""The Workload page for AWS."""

from __future__ import annotations

from typing import ClassVar

from textual import on

from screens import bridge
from screens.bridge import Bridge
from screens.error_text import explain
from screens.form import FormPage
from screens.session import Session
from wizard.clouds import aws_files
from wizard.language import _
from wizard.modes.aws import profiles
from wizard.modes.mode import operators
from wizard.setup.question import Found

PROFILE = "aws.profile"


class WorkloadPage(FormPage):
    """Asks for the runtime and the role of the workload on AWS."""

    page_id: ClassVar[str] = "aws-workload"
    title: ClassVar[str] = "Workload"

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._original_profile = session.environ.get("AWS_PROFILE")

    def answered(self, path: str) -> None:
        """After a change of the profile, identify the operator again. The default account depends on it.

        After a change of the task definition, no service of the other one is chosen.
        """
        if path == "aws.task_definition":
            self.answers.clear("aws.services")
            self.field("aws.services").offer(())
            self.forget_list("ecs-services")
        if path != PROFILE:
            return
        environ = self.session.environ
        if profiles.use_profile(environ, self.answers.text(PROFILE), self._original_profile):
            self.session.forget_clouds()
            self.field(PROFILE).show_list_note(_("reading your identity …"))
            self.bridge.recognise(self, operators()["aws"])
        elif aws_files.keys_in_environment(environ):
            self.field(PROFILE).show_list_note(
                _("the wizard does not use a profile, because AWS access keys in the environment override profiles")
            )

    @on(bridge.Recognised)
    def _on_recognised(self, event: bridge.Recognised) -> None:
        event.stop()
        self.session.detect({"aws.account": Found(event.identity.account, event.identity.source)})
        self.refreshed()
        self.field(PROFILE).show_list_note(_("your identity: {who}").format(who=event.identity.who))
        self.post_message(self.Changed(shown_on=self))

    @on(bridge.Failed)
    def _on_failed(self, event: bridge.Failed) -> None:
        if event.doing == "recognise aws":
            event.stop()
            problem = explain(event.error)
            cause = problem.cause or problem.error
            self.field(PROFILE).show_list_note(_("your identity is not known: {cause}").format(cause=cause))


PAGE = WorkloadPage
