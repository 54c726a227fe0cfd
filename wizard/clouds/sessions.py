"""Gives a command the sessions for the setups that it works on.

Sessions of one setup are its own. Several setups share what is the same for them: the operator's credentials, the
clients with their connections, the facts that were read, and the quotas of the operator.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from wizard.clouds.aws import Aws
from wizard.clouds.google import Google
from wizard.clouds.google_credentials import OperatorCredentials, OperatorOfSeveral
from wizard.clouds.google_iam import GoogleIam
from wizard.clouds.one_picture import ReadingAws
from wizard.clouds.pacing import AT_ONCE, Pacer
from wizard.clouds.reading import ReadingClouds
from wizard.clouds.session import Clouds
from wizard.clouds.shared_reads import ReadsForGood
from wizard.federation.gke import ClusterName

if TYPE_CHECKING:
    from wizard.clouds.kubernetes import Kubernetes

Purpose = Literal["reading", "testing"]
"""reading: the command writes nothing. testing: it writes to AWS and to clusters, and reads there what it wrote."""


class Sessions:
    """Gives each setup sessions of its own."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self._pacer = Pacer()

    def clouds(self, project: str, region: str | None = None, under_test: Path | None = None) -> Clouds:
        """Return the sessions for a setup. The arguments are those of `Clouds`."""
        return Clouds(project, region, under_test, self.environ, self._pacer)


class SharedSessions(Sessions):
    """Gives setups the same sessions where they can share them: for the same quota project, and for the same region.

    Every answer of a read is kept for the whole command. With the purpose "testing", AWS and clusters are read anew.
    """

    def __init__(self, purpose: Purpose, environ: Mapping[str, str] | None = None) -> None:
        super().__init__(environ)
        self._pacer = Pacer(AT_ONCE)
        self._purpose: Purpose = purpose
        self._operator = OperatorOfSeveral(self.environ)
        self._lock = threading.Lock()
        self._projects: dict[str, ReadingClouds] = {}
        self._regions: dict[str | None, Aws] = {}

    def clouds(self, project: str, region: str | None = None, under_test: Path | None = None) -> Clouds:
        if under_test:
            self._operator.never(under_test)
        with self._lock:
            if project not in self._projects:
                self._projects[project] = self._of_project(project)
            if region not in self._regions:
                self._regions[region] = self._of_region(region)
            return _SharedClouds(self._projects[project], self._regions[region])

    def _of_project(self, project: str) -> ReadingClouds:
        clouds = _OperatorsClouds(project, self.environ, self._pacer, self._operator)
        made = (ReadingClouds if self._purpose == "reading" else _TestingClouds)(clouds, ReadsForGood())
        made.google_iam  # noqa: B018 (made here, so that threads do not make two)
        return made

    def _of_region(self, region: str | None) -> Aws:
        aws = Aws(self.environ, region, self._pacer)
        return ReadingAws(aws, ReadsForGood()) if self._purpose == "reading" else aws


class _OperatorsGoogle(Google):
    """Google as the operator whose credentials are found once for all setups."""

    def __init__(self, environ: Mapping[str, str], project: str, pacer: Pacer, operator: OperatorOfSeveral) -> None:
        super().__init__(environ, project, pacer=pacer)
        self._operator = operator

    @property
    def operator(self) -> OperatorCredentials:  # found on each use, since files are added
        return self._operator.find()


class _OperatorsClouds(Clouds):
    def __init__(self, project: str, environ: Mapping[str, str], pacer: Pacer, operator: OperatorOfSeveral) -> None:
        super().__init__(project, environ=environ, pacer=pacer)
        self.google = _OperatorsGoogle(environ, project, pacer, operator)


class _TestingClouds(ReadingClouds):
    """Shares what it reads of Google, which a live test does not change. Of a cluster it shares the clients."""

    def kubernetes(self, cluster: ClusterName) -> Kubernetes:
        return self._clouds.kubernetes(cluster)


class _SharedClouds(Clouds):
    """The sessions of one of several setups."""

    def __init__(self, of_project: ReadingClouds, aws: Aws) -> None:
        super().__init__("-", environ=of_project.environ)
        self._of_project, self._aws = of_project, aws
        self.google = of_project.google
        self.projects = of_project.projects
        self.facts = of_project.shared

    @cached_property
    def google_iam(self) -> GoogleIam:
        return self._of_project.google_iam

    @property
    def aws(self) -> Any:
        return self._aws

    def kubernetes(self, cluster: ClusterName) -> Kubernetes:
        return self._of_project.kubernetes(cluster)
