"""Random annotations of a Kubernetes service account, and other writers: a patch names the version that was read."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from tests.properties.tried import Foreign, Harm, Json, Run
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount

CLUSTER = ClusterName("made-up-project", "europe-west1", "made-up")
EMAIL = "app@made-up-project.iam.gserviceaccount.com"

keys = st.sampled_from([ANNOTATION, ANNOTATION, "team.example/owner", "made-up", "helm.sh/chart"])
values = st.sampled_from(["theirs@made-up-project.iam.gserviceaccount.com", "not an email", "", EMAIL])


@dataclass(frozen=True)
class Edit:
    """Sets an annotation, or removes it (None)."""

    key: str
    value: str | None


edits = st.builds(Edit, keys, values | st.none())
schedules = st.dictionaries(st.integers(0, 6), st.lists(edits, min_size=1, max_size=2), max_size=3)
Schedule = Mapping[int, list[Edit]]


@dataclass(frozen=True)
class Case:
    """The annotations, the wanted email, and what others do: before which call of apply and revert, and between."""

    annotations: dict[str, str] = field(hash=False)
    email: str | None
    during: tuple[Schedule, Schedule] = field(hash=False)
    between: list[Edit] = field(hash=False)


cases = st.builds(
    Case,
    st.dictionaries(keys, values),
    st.none() | st.just(EMAIL),
    st.one_of(st.just(({}, {})), st.tuples(schedules, schedules)),
    st.just([]) | st.lists(edits, max_size=2),
)


class Stored(Kubernetes):
    """One service account, whose patches are merged if they name the version that is there."""

    def __init__(self, annotations: dict[str, str], foreign: Foreign) -> None:
        self.cluster = CLUSTER
        self.annotations = dict(annotations)
        self.expected = dict(annotations)
        """The annotations as only the others edited them."""
        self.harm = Harm()
        self.theirs: set[str] = set()
        """The annotations that others edited."""
        self.conflicts = 0
        self._foreign = foreign
        self._version = 1

    def announce(self, *_: Any, **__: Any) -> None:
        """Nothing is shared."""

    def _call(self, verb: str, kind: type[Any], name: str, namespace: str | None, call: Callable[[Any], Any]) -> Any:
        del verb, kind, name, namespace
        return call(SimpleNamespace(get=self._get, patch=self._merge))

    def _get(self, kind: type[Any], name: str, namespace: str) -> Any:
        self._foreign.act()
        metadata = {"name": name, "namespace": namespace, "resourceVersion": str(self._version)}
        return kind.from_dict({"metadata": metadata | {"annotations": copy.deepcopy(self.annotations)}})

    def _merge(self, kind: type[Any], name: str, change: Json, namespace: str, patch_type: Any) -> Any:
        """Merge the patch. Raises CloudError for another version than the current one."""
        assert "merge-patch" in patch_type.value
        self._foreign.act()
        version = change["metadata"].get("resourceVersion")
        if version is None:
            self.harm.other.append("a patch without the version that was read")
        elif version != str(self._version):
            self.conflicts += 1
            raise CloudError("kubernetes", "patch", 409, "Conflict", "the object has been modified")
        for key, value in change["metadata"]["annotations"].items():
            if key != ANNOTATION:
                self.harm.lost.append(f"the wizard sets {key}")
            self._set(self.annotations, key, value)
        self._version += 1
        return kind.from_dict({"metadata": {"name": name, "namespace": namespace}})

    def change(self, edit: Edit) -> None:
        """Let another writer edit the annotations."""
        if self.annotations.get(edit.key) == edit.value:
            return
        self._set(self.annotations, edit.key, edit.value)
        self._set(self.expected, edit.key, edit.value)
        self.theirs.add(edit.key)
        self._version += 1

    @staticmethod
    def _set(annotations: dict[str, str], key: str, value: str | None) -> None:
        if value is None:
            annotations.pop(key, None)
        else:
            annotations[key] = value


def check(case: Case, folder: Path) -> tuple[Harm, int]:
    """Apply and revert one case. Returns what went wrong, and how many writes were refused."""
    parts: list[dict[int, list[Callable[[], None]]]] = [{}, {}, {}, {}]
    foreign = Foreign(*parts)
    stored = Stored(case.annotations, foreign)
    for part, schedule in zip((parts[0], parts[2]), case.during, strict=True):
        part.update({call: [_maker(stored, edit) for edit in made] for call, made in schedule.items()})
    resource = KubernetesServiceAccount(CLUSTER, "prod", "app", case.email)
    clouds = SimpleNamespace(environ={}, projects={}, google=None, google_iam=None, kubernetes=lambda _: stored)
    run = Run(resource, clouds, folder)
    done = run.apply(run.plan()).ok
    foreign.next_part()
    if not (done or run.apply_until_done()):
        stored.harm.other.append(f"the wizard refuses {stored.annotations}: {run.texts}")
    for edit in case.between:
        stored.change(edit)
    foreign.next_part()
    left = run.revert_until_done(foreign.next_part)
    if left is None:
        stored.harm.other.append(f"the revert fails: {stored.annotations} {run.texts}")
    for key in {*stored.expected, *stored.annotations}:
        wanted, found = stored.expected.get(key), stored.annotations.get(key)
        if wanted != found:
            harm = stored.harm.foreign_lost if key in stored.theirs else stored.harm.lost
            harm.append(f"{key} is {found} and not {wanted} after the revert: {left}")
    return stored.harm, stored.conflicts


def _maker(stored: Stored, edit: Edit) -> Callable[[], None]:
    return lambda: stored.change(edit)
