"""The workload page."""

from typing import ClassVar

from screens.form import FormPage


class WorkloadPage(FormPage):
    """What runs on AWS, and as which role."""

    page_id: ClassVar[str] = "workload"
    title: ClassVar[str] = "Workload"
