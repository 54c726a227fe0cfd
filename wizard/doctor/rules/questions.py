"""The next steps, given only an error text: what to pass to the doctor, so that it can see the cause."""

CONFIGURATION = "Find the credential configuration that the program uses, and run: wif-wizard doctor CONFIG.json"
WORKLOAD = (
    "Find the workload that fails. On AWS, run: wif-wizard doctor CONFIG.json. On GKE, run: wif-wizard doctor "
    "NAMESPACE/KSA"
)
ROLE = "Find the IAM role of the workload, and run: wif-wizard doctor ROLE_ARN"
DEFINITION = "Find the task definition or job definition of the workload, and run: wif-wizard doctor DEFINITION_ARN"
INSIDE = "Run the live test in the workload: wif-wizard test CONFIG.json --from inside"
ACCOUNT = "Find the Google service account that the workload uses, and run: wif-wizard doctor EMAIL"
KSA = "Find the Kubernetes service account that the pods use, and run: wif-wizard doctor NAMESPACE/KSA"
POD = "Find the pod that fails, and run: wif-wizard doctor pod/NAME"
SETUP = "Find the setup of the workload, and run: wif-wizard doctor SETUP.yaml"
