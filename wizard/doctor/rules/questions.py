"""The doctor's next questions, given only an error text: what to pass to it, so that it can see the cause."""

CONFIGURATION = "Which credential configuration does the program use? Run: wif-wizard doctor CONFIG.json"
WORKLOAD = (
    "Which workload fails? On AWS, run: wif-wizard doctor CONFIG.json. On GKE, run: wif-wizard doctor NAMESPACE/KSA"
)
ROLE = "Which IAM role does the workload have? Run: wif-wizard doctor ROLE_ARN"
DEFINITION = "Which task or job definition does the workload run? Run: wif-wizard doctor DEFINITION_ARN"
INSIDE = "Does the live test pass in the workload? Run in the workload: wif-wizard test CONFIG.json --from inside"
ACCOUNT = "Which Google service account does the workload use? Run: wif-wizard doctor EMAIL"
KSA = "Which Kubernetes service account do the pods use? Run: wif-wizard doctor NAMESPACE/KSA"
POD = "Which pod fails? Run: wif-wizard doctor pod/NAME"
SETUP = "Which setup describes the workload? Run: wif-wizard doctor SETUP.yaml"
