"""The clouds of one run: sessions made lazily from one environment."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from wizard.clouds.aws import Aws
from wizard.clouds.google import Google
from wizard.clouds.google_iam import GoogleIam
from wizard.clouds.kubernetes import Kubernetes
from wizard.federation.gke import ClusterName


class Clouds:
    """What resources read from and write to. Nothing is opened before it is used.

    `project` is charged for the operator's Google calls; `region` is where AWS calls go; `under_test` is the credential
    configuration that may never serve as the operator's own identity.
    """

    def __init__(
        self,
        project: str,
        region: str | None = None,
        under_test: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self.google = Google(self.environ, project, under_test)
        self._region = region
        self._clusters: dict[ClusterName, Kubernetes] = {}
        self._lock = threading.Lock()

    @cached_property
    def google_iam(self) -> GoogleIam:
        """Service accounts and their policies."""
        return GoogleIam(self.environ, self.google)

    @cached_property
    def aws(self) -> Aws:
        """AWS, as the operator."""
        return Aws(self.environ, self._region)

    def kubernetes(self, cluster: ClusterName) -> Kubernetes:
        """The Kubernetes API of a cluster, as the operator."""
        with self._lock:
            return self._clusters.setdefault(cluster, Kubernetes(cluster, self.environ, self.google))
