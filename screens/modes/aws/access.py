"""The Access page for AWS: the roles in Google Cloud of the workload's AWS role."""

from __future__ import annotations

from typing import ClassVar

from screens.access import AccessPage
from wizard.language import _


class AwsAccessPage(AccessPage):
    """Asks for the roles of the AWS role."""

    page_id: ClassVar[str] = "aws-access"

    def holder(self) -> str:
        """Return the AWS role, with its account if it is known, or the Kubernetes service account."""
        if not self.answers.question("aws.role").shown(self.answers):
            namespace, name = self.answers.text("aws.namespace"), self.answers.text("aws.service_account")
            return _("Kubernetes service account {namespace}/{name}").format(namespace=namespace, name=name)
        role, account = self.answers.text("aws.role") or _("(not chosen yet)"), self.answers.text("aws.account")
        return (
            _("IAM role {role} of account {account}").format(role=role, account=account)
            if account
            else _("IAM role {role}").format(role=role)
        )


PAGE = AwsAccessPage
