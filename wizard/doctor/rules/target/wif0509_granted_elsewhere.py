"""The workload has the role on a different resource than the target.

Someone granted the role on a different project, dataset or bucket than the target of the workload. A grant applies
only to its resource, and to the resources that this resource contains.

To confirm this cause, compare the projects in the setup with the project in the program's requests.

Fix: grant the role on the target with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
