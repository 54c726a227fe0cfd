"""The Access page for AWS: the roles in Google Cloud of the workload's AWS role."""

from __future__ import annotations

from typing import ClassVar

from screens.access import AccessPage


class AwsAccessPage(AccessPage):
    """Asks for the roles of the AWS role."""

    page_id: ClassVar[str] = "aws-access"

    def holder(self) -> str:
        """Return the AWS role, with its account if it is known, or the Kubernetes service account."""
        if not self.answers.question("aws.role").shown(self.answers):
            namespace, name = self.answers.text("aws.namespace"), self.answers.text("aws.service_account")
            return f"Kubernetes service account {namespace}/{name}"
        role, account = self.answers.text("aws.role") or "(not chosen yet)", self.answers.text("aws.account")
        return f"IAM role {role} of account {account}" if account else f"IAM role {role}"


PAGE = AwsAccessPage
