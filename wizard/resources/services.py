"""The Google APIs that a project needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.language import _
from wizard.phrases import paragraph
from wizard.resources import operations
from wizard.resources.kind import Kind, Needed, NeededAt

_STAYS = (
    "Other applications might use the services that the run enabled, so the services stay enabled. To disable the "
    "services too, add --services."
)
_NOT_DISABLED = "Google Cloud did not disable {service}: {message}"


@dataclass(frozen=True, eq=False)
class EnabledServices(Kind):
    """Enabled APIs of one project. Revert does not disable them unless asked, since others can depend on them."""

    kind: ClassVar[str] = "enabled services"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("exchange", "impersonation", "permission")
    project: str
    services: tuple[str, ...]
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"projects/{self.project}/services"

    @property
    def label(self) -> str:
        return _("in {project}").format(project=self.project)

    def desired(self) -> State:
        return dict.fromkeys(self.services, "ENABLED")

    def read(self, clouds: Clouds) -> State | None:
        names = [f"{self.name}/{service}" for service in self.services]
        answer = clouds.google.call("serviceusage", "GET", f"/v1/{self.name}:batchGet", query={"names": names})
        states = {service["name"].rsplit("/", 1)[1]: service["state"] for service in answer.get("services", ())}
        return {service: states.get(service, "DISABLED") for service in self.services}

    def create(self, clouds: Clouds) -> Operation | None:
        return operations.of(clouds, "serviceusage", self._enable(clouds, list(self.services)))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        """Enable all missing APIs in one batch, since parallel requests to enable APIs conflict."""
        return operations.of(clouds, "serviceusage", self._enable(clouds, self.missing(change)))

    def stays(self) -> str:
        return _(_STAYS)

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Disable the APIs that the change enabled. Google Cloud refuses if another API or a recent use needs one."""
        started: list[Operation | None] = []
        refused: list[str] = []
        for service in change.after:
            try:
                started.append(self._disable(clouds, service))
            except CloudError as error:
                if error.reason != "FAILED_PRECONDITION":
                    raise
                refused.append(_(_NOT_DISABLED).format(service=service, message=error.message))
        if refused:
            raise Refused(paragraph(refused))
        running = [operation for operation in started if operation]
        if not running:
            return None
        return Operation(
            running[0].name, lambda: all(operation.poll() for operation in running), deadline=operations.DEADLINE
        )

    def _disable(self, clouds: Clouds, service: str) -> Operation | None:
        body = {"disableDependentServices": False, "checkIfServiceHasUsage": "CHECK"}
        answer = clouds.google.call("serviceusage", "POST", f"/v1/{self.name}/{service}:disable", body)
        return operations.of(clouds, "serviceusage", answer)

    def missing(self, change: Change) -> list[str]:
        """Return the services that are not enabled."""
        before = change.before or {}
        return [service for service in self.services if before.get(service) != "ENABLED"]

    def commands(self, change: Change) -> list[str]:
        services = " ".join(self.missing(change))
        return [f"gcloud services enable {services} --project={self.project}"]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return [Needed("google", "serviceusage.services.enable", self.project)]

    def _enable(self, clouds: Clouds, services: list[str]) -> dict[str, object]:
        if len(services) == 1:
            return clouds.google.call("serviceusage", "POST", f"/v1/{self.name}/{services[0]}:enable", body={})
        return clouds.google.call("serviceusage", "POST", f"/v1/{self.name}:batchEnable", body={"serviceIds": services})
