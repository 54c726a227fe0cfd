"""The fixes that no test makes, each with the reason. A new rule must be in the tables of this folder, or here."""

_OTHERS = "someone else must do it, or decide"
_WORKLOAD = "it is in the image, the environment or the manifest of the workload"
_WAIT = "it is to wait, or to look at something"
_MACHINE = "it is on the machine or in the network of the operator"
_UNKNOWN_ROLE = "the refusal does not say which role is meant"
_CHOICE = "the operator must choose a value that the cluster's rules allow"
_BEFORE = "a test that starts here refuses the file before its first step"
_NO_SUCH_PRODUCT = "the sandbox has none of the products that refuse federated tokens"
_UNREAD = "an operator who cannot read the policy cannot run the fix either"
_NO_WEB_IDENTITY = "the sandbox does not have AssumeRoleWithWebIdentity"
_SAME_FIX = "the row about a trust policy that does not let the service assume the role makes the same fix"
_NO_NEW_POOL = "the sandbox accepts the tokens of a new pool immediately"

_NETWORK = "it is in the network of the workload"
_IMAGE = "it is in the image of the one-off task, or in what AWS has room for"
_IN_A_TASK = "the tests of one-off tasks make it"
_INSIDE = "the tests of the chain from inside the workload make it"

SENTENCES = {
    "set an allowed value in the setup": _CHOICE,
    "enable the role": _CHOICE,
    "set allowed values in the setup": _CHOICE,
    "set runtime: eks": _CHOICE,
    "create the log group": _OTHERS,
    "attach the managed policy": _OTHERS,
    "specify an image": _IMAGE,
    "in the setup, specify an image": _IMAGE,
    "check the compute environment": _IMAGE,
    "add VPC endpoints": _NETWORK,
    "correct HTTPS_PROXY": _NETWORK,
    "give the workload internet access": _NETWORK,
    "enable Private Google Access": _NETWORK,
    "check the workload's DNS": _NETWORK,
    "check the DNS": _NETWORK,
    "allow ": _NETWORK,
    "in the policy, allow ": _NETWORK,
    "add the certificate of the proxy's CA": _WORKLOAD,
    "do not export AWS access keys": _WORKLOAD,
    "start the application with": _WORKLOAD,
    "set the required values": _CHOICE,
    "correct probe.security_context": _CHOICE,
    "reduce probe.resources": _CHOICE,
    "set the resource requests": _CHOICE,
    "create the PriorityClass": _CHOICE,
    "wait a few seconds": _WAIT,
    "test again": _WAIT,
    "wait until the cluster is": _WAIT,
    "an annotation takes effect": _WAIT,
    "raise the quota": _WAIT,
    "find the rule": _OTHERS,
    "ask ": _OTHERS,
    "if the workload needs the role for longer": _OTHERS,
    "add an ingress rule": _OTHERS,
    "call the target through": _OTHERS,
    "check google.project": _OTHERS,
    "allow egress": _OTHERS,
    "check the network path": _MACHINE,
    "test from a machine": _MACHINE,
    "set the clock": _MACHINE,
    "set the environment variables of the key": _WORKLOAD,
    "use the credential configuration of": _WORKLOAD,
    "add the credential configuration to": _WORKLOAD,
    "generate the credential configuration": _WORKLOAD,
    "in the audience, use the project number": _WORKLOAD,
    "do not use this file": _WORKLOAD,
    "set AWS_REGION": _WORKLOAD,
    "on ECS, set taskRoleArn": _WORKLOAD,
    "set {missing_key}": _WORKLOAD,
    "check that the": _WORKLOAD,
    "set both AWS": _WORKLOAD,
    "remove the service account key from the pods": _WORKLOAD,
    "set an allowed value": _OTHERS,
    "set the required": _OTHERS,
    "reduce probe": _OTHERS,
    "set the resource": _OTHERS,
    "correct probe.": _OTHERS,
    "fix the service": _OTHERS,
    "create the Priority": _OTHERS,
    "correct or unset": _WORKLOAD,
    "get new AWS credentials": _WORKLOAD,
    "temporary access keys": _WORKLOAD,
    "check that AWS_SECRET": _WORKLOAD,
    "write //iam": _WORKLOAD,
    "let a Google auth library": _WORKLOAD,
    "look for a stray": _WORKLOAD,
    "give google-auth": _WORKLOAD,
    "give the container its own role": _WORKLOAD,
    "run the test in the workload, or on this machine": _WORKLOAD,
    "run these pods on a node pool with Linux": _WORKLOAD,
    "remove hostNetwork": _WORKLOAD,
    "correct gke.cluster": _WORKLOAD,
    "set the node pool's": _WORKLOAD,
    "set a node pool's": _WORKLOAD,
    "check the firewalls": _WORKLOAD,
    "set probe.image": _WORKLOAD,
    "add a node": _WORKLOAD,
    "grant a role with": _UNKNOWN_ROLE,
    "check the project ID": _UNKNOWN_ROLE,
}
"""The reason why a fix is a sentence and not a command, by how the fix begins."""

NOT_HERE = {
    "lets {aws_service} assume the role only under a condition": _SAME_FIX,
    "ECS cannot assume the role": _IN_A_TASK,
    "Lambda cannot assume the workload's role": _IN_A_TASK,
    "the instance metadata service accepts only clients with a session token": _IN_A_TASK,
    "the credential configuration is not valid": _BEFORE,
    "the workload gets its role through a web identity token": _NO_WEB_IDENTITY,
    "the live test does not support this source": _INSIDE,
    "the binding names another AWS role, or has the ARN of the IAM role": _UNREAD,
    "the product does not accept federated tokens": _NO_SUCH_PRODUCT,
    "the token service does not accept the cluster's token": _NO_NEW_POOL,
}
"""The reason why a fix that can be made is not made in a test, by words of the cause."""
