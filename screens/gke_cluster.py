"""The cluster page."""

from typing import ClassVar

from screens.form import FormPage


class GkeClusterPage(FormPage):
    """To come."""

    page_id: ClassVar[str] = "gke-cluster"
    title: ClassVar[str] = "Cluster"
