"""The workloads page."""

from typing import ClassVar

from screens.form import FormPage


class GkeWorkloadsPage(FormPage):
    """To come."""

    page_id: ClassVar[str] = "gke-workloads"
    title: ClassVar[str] = "Workloads"
