"""The rules for a one-off task that did not run: why AWS stopped it, and what to do.

Source: Amazon ECS developer guide, "Amazon ECS stopped task error messages".
"""

from wizard.chain.rule import Rule
from wizard.modes.aws.live.hops import TASK
from wizard.modes.aws.live.known import AwsFacts

_TASK = (TASK,)

_NETWORK = (
    "add VPC endpoints or a route to a NAT gateway for the subnets, or assign a public IP address to the task. The "
    "workload's own tasks use the same network, so this problem can also affect the workload"
)

TASK_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _TASK,
        r"^Stopped: .*unable to assume the role '(?P<task_role>[^']+)'",
        "ECS cannot assume the role {task_role}: the role's trust policy does not let ecs-tasks.amazonaws.com assume "
        "the role, or the role does not exist, or someone changed the role a few seconds ago",
        "if {task_role} is the workload's role, run wif-wizard apply. If {task_role} is the execution role, let "
        "ecs-tasks.amazonaws.com assume the role. Then test again",
        code="WIF0206",
    ),
    Rule(
        _TASK,
        r"cannot be assumed by Lambda",
        "Lambda cannot assume the workload's role, because the role's trust policy does not let "
        "lambda.amazonaws.com assume the role",
        "run wif-wizard apply, so that the trust policy lets lambda.amazonaws.com assume the role, then test again",
        code="WIF0206",
    ),
    Rule(
        _TASK,
        r"^Stopped: .*(logger args|logging driver).*ResourceNotFoundException",
        "the log group of the container does not exist, so AWS did not start the container",
        "create the log group that the workload's task or job definition names, or correct the name in the definition",
        code="WIF0236",
    ),
    Rule(
        _TASK,
        r"^Stopped: .*(logger args|logging driver).*AccessDenied",
        "the execution role does not have permission to write logs to CloudWatch Logs, so AWS did not start the "
        "container",
        "attach the managed policy service-role/AmazonECSTaskExecutionRolePolicy to the execution role, or specify "
        "another execution role in the setup: probe: {{execution_role: ARN}}",
        code="WIF0236",
    ),
    Rule(
        _TASK,
        r"^Stopped: .*(logger args|logging driver)",
        "the task could not reach CloudWatch Logs from its subnets, so AWS did not start the container",
        _NETWORK,
        code="WIF0609",
    ),
    Rule(
        _TASK,
        r"^Stopped: .*CannotPull.*(not found|manifest unknown|does not exist|access denied|pull access)",
        "AWS could not pull the image of the one-off task: the image does not exist, or the execution role does not "
        "have permission to pull the image",
        "correct probe.image in the setup, or the permissions of the execution role",
        code="WIF0237",
    ),
    Rule(
        _TASK,
        r"^Stopped: .*(CannotPull|unable to pull secrets or registry auth)",
        "AWS could not pull the image of the one-off task, because the subnets of the task have no route to the "
        "image's registry",
        "in the setup, specify an image with Python 3.8 or newer in a registry that the workload's network can "
        "reach: probe: {{image: ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG}}",
        code="WIF0610",
    ),
    Rule(
        _TASK,
        r"^Stopped: .*(executable file not found|no such file or directory)",
        "the image of the one-off task has no python3",
        "in the setup, specify an image with Python 3.8 or newer: probe: {{image: IMAGE}}",
        code="WIF0238",
    ),
    Rule(
        _TASK,
        r"^Stopped: .*(OutOfMemory|exec format error)",
        "the image of the one-off task cannot run, because the image needs more memory or a different CPU architecture",
        "in the setup, specify an image for the CPU architecture of the workload: probe: {{image: IMAGE}}",
        code="WIF0238",
    ),
    Rule(
        _TASK,
        r"^Ended: .*No module named '(?P<module>[\w.]+)'",
        "Python in the image of the one-off task has no module {module}, which is part of the standard library",
        "in the setup, specify an image with a full Python installation (3.8 or newer): probe: {{image: IMAGE}}",
        code="WIF0238",
    ),
    Rule(
        _TASK,
        r"^NotStarted: ",
        "AWS found no capacity for the one-off task",
        "check the compute environment of the job queue, or the container instances of the cluster, then test again",
        code="WIF0239",
    ),
)
