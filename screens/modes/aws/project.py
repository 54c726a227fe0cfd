"""The Project page: the Google Cloud project."""

from typing import ClassVar

from screens.form import FormPage


class ProjectPage(FormPage):
    """Asks for the Google Cloud project, its workload identity pool and its provider."""

    page_id: ClassVar[str] = "aws-project"
    title: ClassVar[str] = "Project"


PAGE = ProjectPage
