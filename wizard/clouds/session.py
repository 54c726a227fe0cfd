"""The sessions with all clouds for one environment, created when they are first used."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.clouds.aws import Aws
from wizard.clouds.google import Google, Json
from wizard.clouds.google_iam import GoogleIam
from wizard.clouds.pacing import Pacer
from wizard.clouds.shared_reads import SharedReads
from wizard.federation.gke import ClusterName

if TYPE_CHECKING:
    from wizard.clouds.kubernetes import Kubernetes


class Clouds:
    """The sessions that resources use to read and write. A session starts on first use.

    Google calls are charged to `project`, and AWS calls go to `region`. `under_test` is the credential configuration
    that is never used as the operator's identity. `pacer` is that of the command; without it, the sessions have their
    own.
    """

    facts: SharedReads | None = None
    """What the live tests of several setups know already; None if there is only one setup."""

    def __init__(
        self,
        project: str,
        region: str | None = None,
        under_test: Path | None = None,
        environ: Mapping[str, str] | None = None,
        pacer: Pacer | None = None,
    ) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self._pacer = pacer or Pacer()
        self.google = Google(self.environ, project, under_test, self._pacer)
        self.projects: dict[str, Json] = {}
        """The projects that were read, by ID, as Resource Manager describes them: what does not change is read once."""
        self._region = region
        self._clusters: dict[ClusterName, Kubernetes] = {}
        self._lock = threading.Lock()

    @cached_property
    def google_iam(self) -> GoogleIam:
        """The session with the IAM API for service accounts."""
        return GoogleIam(self.environ, self.google)

    @cached_property
    def aws(self) -> Aws:
        """The session with AWS."""
        return Aws(self.environ, self._region, self._pacer)

    def kubernetes_of(self, name: str) -> Kubernetes:
        """Return the session with the cluster of this full name: projects/ID/locations/PLACE/clusters/NAME."""
        _, project, _, location, _, cluster = name.split("/")
        return self.kubernetes(ClusterName(project, location, cluster))

    def kubernetes(self, cluster: ClusterName) -> Kubernetes:
        """Return the session with the Kubernetes API of a cluster."""
        from wizard.clouds.kubernetes import Kubernetes

        with self._lock:
            return self._clusters.setdefault(cluster, Kubernetes(cluster, self.environ, self.google))
