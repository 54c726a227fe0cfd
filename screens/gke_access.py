"""The access page."""

from typing import ClassVar

from screens.form import FormPage


class GkeAccessPage(FormPage):
    """To come."""

    page_id: ClassVar[str] = "gke-access"
    title: ClassVar[str] = "Access"
