"""Access on AWS: what the workload's role may do in Google Cloud, and as whom."""

from __future__ import annotations

from typing import ClassVar

from screens.access import AccessPage


class AwsAccessPage(AccessPage):
    """The roles are for the AWS role."""

    page_id: ClassVar[str] = "aws-access"

    def holder(self) -> str:
        """The role, with its account if that is answered."""
        role, account = self.answers.text("aws.role") or "(not named yet)", self.answers.text("aws.account")
        return f"The AWS role {role} of account {account}" if account else f"The AWS role {role}"


PAGE = AwsAccessPage
