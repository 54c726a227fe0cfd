"""The ECS tasks of the account: how far each has come, and the credentials that their containers get.

A Batch job is a task too. Its containers get the credentials of the task role only, and only if the role trusts ECS;
a task with nothing but an execution role has no credentials variable at all. Source: Amazon ECS developer guide, "Task
IAM role"; AWS SDKs reference guide, "Container credential provider".
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from .commands import FOREVER, Course
from .container_logs import Stream
from .directory import Directory
from .errors import AwsRefusal
from .identity import Key
from .sts import Sts
from .trust import Timing, Trust

ECS = "ecs-tasks.amazonaws.com"
RENEWAL = timedelta(minutes=15)
"""The credentials of a task are replaced so long before they expire, or after half of their lifetime if it is short."""
KILLED = 137
"""The exit code of a container that was stopped from outside: 128 and the number of SIGKILL."""
EXITED = "Essential container in task exited"
"""Why a task stops whose container has ended, whatever its exit code; a Batch job says the same."""

Form = Literal["full", "relative"]


def cannot_assume(role_arn: str) -> str:
    """The stop reason when ECS cannot assume a task role, or the role does not exist."""
    return (
        f"ECS was unable to assume the role '{role_arn}' that was provided for this task. Please verify that the role "
        "being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass "
        "this role."
    )


@dataclass
class Task:
    """One task that was started. `id` has 32 hexadecimal digits, and is the name of its role session.

    `job` is the id of the Batch job that it runs for, `course` how its container goes. `begun` and `ended` are when the
    task was started and when it stopped, `exit_code` that of its container. `credentials` is the last part of its
    credentials' path, `token` what a client must send for them once they were given the full URI. `program` is the
    command that really runs, with `variables` of its definition; its output goes to `log`. `launch` is the launch type,
    `host` the ID of the EC2 instance that the task runs on, if it runs on one that the account has.
    """

    id: str
    arn: str
    cluster: str
    region: str
    family: str
    role_arn: str | None
    job: str | None = None
    execution_role_arn: str | None = None
    launch: str = "FARGATE"
    host: str | None = None
    program: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    log: Stream | None = None
    course: Course = FOREVER
    running: bool = True
    begun: datetime | None = None
    ended: datetime | None = None
    exit_code: int | None = None
    credentials: str = field(default_factory=lambda: str(uuid.uuid4()))
    network_mode: str = "awsvpc"
    token: str | None = field(default=None, repr=False)
    key: Key | None = field(default=None, repr=False)

    @property
    def account(self) -> str:
        """The account that the task runs in."""
        return self.arn.split(":")[4]


class Workloads:
    """The tasks of one account."""

    def __init__(
        self, directory: Directory, trust: Trust, sts: Sts, settings: Timing, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._trust = trust
        self._sts = sts
        self._clock = clock
        self._tasks: dict[str, Task] = {}

    def start(self, task: Task) -> str | None:
        """Start a task; None, or the reason why it stops at once."""
        self._tasks[task.id] = task
        task.begun = self._clock()
        source = {"aws:SourceAccount": task.account, "aws:SourceArn": task.arn}
        for role_arn in filter(None, (task.execution_role_arn, task.role_arn)):
            role = self._directory.role(role_arn)
            if role is None or not self._trust.admits_service(role, ECS, source):
                self.fail(task)
                return cannot_assume(role_arn)
        own = self._directory.role(task.role_arn) if task.role_arn else None
        if own is not None:
            task.key = self._sts.session(own, task.id, self._lifetime)
        return None

    def fail(self, task: Task) -> None:
        """End a task whose container never starts."""
        task.running, task.ended = False, task.begun

    def finish(self, task: Task, exit_code: int) -> None:
        """End a task whose program has ended, unless somebody has stopped it."""
        if task.running:
            task.running, task.ended, task.exit_code = False, self._clock(), exit_code

    def stop(self, name: str) -> None:
        """Stop a task, given by its id or ARN, or by the id of its job."""
        task = self.find(name)
        if task is not None and task.running:
            task.running, task.ended, task.exit_code = False, self._clock(), KILLED

    def find(self, name: str) -> Task | None:
        """The task with that id or ARN, or the one of the job with that id; as it is now."""
        task = self._tasks.get(name.rpartition("/")[2])
        task = task or next((task for task in self._tasks.values() if task.job == name), None)
        if task is not None:
            self._end_in_time(task)
        return task

    def progress(self, task: Task) -> float:
        """How far a task has come on the way to running: 0 when it was started, 1 and more when it runs."""
        return self._part(task.begun)

    def cleared(self, task: Task) -> bool:
        """Whether all of a task that has ended is gone; takes half as long as the way to running."""
        return self._part(task.ended) >= 0.5

    def _part(self, since: datetime | None) -> float:
        """The time since then, as a part of the time that a task takes until it runs."""
        if since is None or self._settings.operation <= 0:
            return 1.0
        return (self._clock() - since).total_seconds() / self._settings.operation

    def runs_since(self, task: Task) -> datetime:
        """When the container of a task starts, or has started."""
        assert task.begun is not None  # a task that is known was started
        return task.begun + timedelta(seconds=self._settings.operation)

    def _end_in_time(self, task: Task) -> None:
        """Stop a task whose container has come to its end."""
        if not task.running or task.course.seconds is None:
            return
        end = self.runs_since(task) + timedelta(seconds=task.course.seconds)
        if end <= self._clock():
            task.running, task.ended, task.exit_code = False, end, task.course.exit_code

    def credentials(self, path_id: str, authorization: str | None, demands_token: bool = True) -> dict[str, str]:
        """The credentials document at /v2/credentials/PATH_ID.

        Raises AwsRefusal: 404 if no running task has it, 401 if a token is demanded, and the task's token, if it has
        one, is not in the Authorization header.
        """
        for known in self._tasks.values():
            self._end_in_time(known)
        task = next((task for task in self._tasks.values() if task.running and task.credentials == path_id), None)
        if task is None or task.key is None:
            raise AwsRefusal("InvalidIdInRequest", "CredentialsV2Request: No Credential ID found", 404)
        token = task.token if demands_token else None
        if token is not None and not secrets.compare_digest(token.encode(), (authorization or "").encode()):
            raise AwsRefusal("AccessDenied", "The authorization token is missing or wrong", 401)
        return credentials_document(self._renewed(task, task.key))

    def environment(self, name: str, endpoint: str, form: Form = "full") -> dict[str, str]:
        """The variables that ECS sets in the containers of a running task; KeyError if there is none of that name.

        `full` names the endpoint and demands a token. `relative` implies the address 169.254.170.2, which only programs
        in a network of their own can reach.
        """
        task = self.find(name)
        if task is None or not task.running:
            raise KeyError(name)
        variables = {
            "AWS_REGION": task.region,
            "AWS_DEFAULT_REGION": task.region,
            "AWS_EXECUTION_ENV": f"AWS_ECS_{task.launch}",
            "ECS_CONTAINER_METADATA_URI_V4": f"{endpoint}/v4/{task.id}",
        }
        if task.job is not None:
            variables["AWS_BATCH_JOB_ID"] = task.job
        if task.key is not None:
            variables |= _credentials_variables(task, endpoint, form)
        return variables

    def _renewed(self, task: Task, key: Key) -> Key:
        role = self._directory.role(task.role_arn or "")
        early = min(RENEWAL, timedelta(seconds=self._lifetime / 2))
        if role is not None and key.expires is not None and key.expires - self._clock() < early:
            task.key = key = self._sts.session(role, task.id, self._lifetime)
        return key

    @property
    def _lifetime(self) -> int:
        return round(self._settings.task_session)


def credentials_document(key: Key) -> dict[str, str]:
    """Temporary credentials in the shape of the container credentials endpoint."""
    assert key.expires is not None and key.token is not None and key.role_arn is not None  # a role session's key
    return {
        "RoleArn": key.role_arn,
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "Token": key.token,
        "Expiration": key.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _credentials_variables(task: Task, endpoint: str, form: Form) -> dict[str, str]:
    path = f"/v2/credentials/{task.credentials}"
    if form == "relative":
        return {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path}
    task.token = task.token or secrets.token_urlsafe(32)
    return {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint + path,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": task.token,
    }
