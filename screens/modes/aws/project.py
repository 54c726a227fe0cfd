"""The project page."""

from typing import ClassVar

from screens.form import FormPage


class ProjectPage(FormPage):
    """Where in Google Cloud its identities become known."""

    page_id: ClassVar[str] = "aws-project"
    title: ClassVar[str] = "Project"


PAGE = ProjectPage
