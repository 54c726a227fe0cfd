"""The pod names a PriorityClass or a RuntimeClass that the cluster does not have.

The one-off pod uses the RuntimeClass of the workload. The PriorityClass comes from probe.priority_class in the setup,
or from the workload.

To see the classes, run:

    kubectl get priorityclasses,runtimeclasses

Fix: create the class, or correct the name of the class in the workload or in the setup.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the PriorityClasses and RuntimeClasses of the cluster."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"no PriorityClass with name (?P<priority_class>\S+) was found",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
    Message(
        pattern=r"""RuntimeClass ['\"](?P<runtime_class>[^'\"]*)['\"] not found""",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
)
