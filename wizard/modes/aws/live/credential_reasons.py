"""The rules for the AWS credentials of the workload: why it has none, or none that its auth library finds."""

from wizard.chain.rule import Rule
from wizard.modes.aws.live.hops import AWS_CREDENTIALS
from wizard.modes.aws.live.known import AwsFacts

_CREDENTIALS = (AWS_CREDENTIALS,)
_SET_REGION = "set AWS_REGION to the workload's region in the workload's environment; the value must not be empty"

CREDENTIAL_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        _CREDENTIALS,
        r"^Withheld: the trust policy of (?P<trusting_role>\S+) denies (?P<aws_service>.+?) access to the role: "
        r"(?P<statements>.*)",
        "the trust policy of {trusting_role} denies {aws_service} access to the role: {statements}. A Deny statement "
        "overrides every Allow statement, so the runtime does not start the workload, or gives the workload no "
        "credentials",
        "ask the owner of the role to exempt this workload from the Deny statement, or use another role",
        code="WIF0208",
    ),
    Rule(
        _CREDENTIALS,
        r"^Withheld: the trust policy of (?P<trusting_role>\S+) does not let (?P<aws_service>.+?) assume",
        "the trust policy of {trusting_role} does not let {aws_service} assume the role. The runtime does not start "
        "the workload, or gives the workload no credentials",
        "run wif-wizard apply, so that the trust policy lets {aws_service} assume the role, or use another role",
        code="WIF0206",
    ),
    Rule(
        _CREDENTIALS,
        r"^Withheld: the trust policy of (?P<trusting_role>\S+) lets (?P<aws_service>.+?) assume the role only under",
        "the trust policy of {trusting_role} lets {aws_service} assume the role only under a condition that is not "
        "true for this workload. The runtime does not start the workload, or gives the workload no credentials",
        "run wif-wizard apply, so that the trust policy lets {aws_service} assume the role, or use another role",
        code="WIF0211",
    ),
    Rule(
        _CREDENTIALS,
        r"^Withheld: .*does not exist",
        "{withheld}",
        "create the role with wif-wizard apply, or correct the role name in the setup",
        code="WIF0207",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoRegion: .*\b401\b",
        "the instance metadata service accepts only clients with a session token (IMDSv2), and the credential "
        "configuration does not tell the client to request a session token",
        "write aws.imdsv2: true in the setup, then run wif-wizard apply, and deploy the new credential configuration",
        code="WIF0214",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoRegion: (?P<variable>AWS_\w+) is set but empty",
        "the variable {variable} is set, but empty, so google-auth signs requests for a host that does not exist",
        _SET_REGION,
        code="WIF0228",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoRegion: Unable to retrieve AWS region",
        "AWS_REGION is not set, and the instance metadata service does not return the AWS region",
        _SET_REGION,
        code="WIF0229",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoRegion: .*is not the name of an availability zone",
        "AWS_REGION is not set, and google-auth cannot derive the AWS region from the name of a Local Zone",
        _SET_REGION,
        code="WIF0230",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoRegion: ",
        "the AWS region is not known, so google-auth cannot sign requests for a regional endpoint",
        _SET_REGION,
        code="WIF0227",
    ),
    Rule(
        _CREDENTIALS,
        r"^NoCredentials: ",
        "the workload has no AWS credentials in the environment, in a profile, at the container endpoint or in the "
        "instance metadata",
        "on ECS, set taskRoleArn, and on AWS Batch, set jobRoleArn (executionRoleArn is not sufficient); on EC2, "
        "attach an instance profile; on other runtimes, export AWS access keys",
        code="WIF0201",
    ),
    Rule(
        _CREDENTIALS,
        r"^PartialCredentials: .*missing: (?P<missing_key>AWS_\w+)",
        "{missing_key} is not set, although the other variable of the AWS access key is set",
        "set {missing_key} too (and AWS_SESSION_TOKEN for temporary access keys), or unset the other variable",
        code="WIF0223",
    ),
    Rule(
        _CREDENTIALS,
        r"^WebIdentity: .*: (?P<web_role>\S+)$",
        "the workload gets its role through a web identity token (IRSA): {web_role}. google-auth does not read this "
        "token, and uses the role of the node instead, or finds no credentials",
        "set runtime: eks in the setup, so that the pod needs no IAM role; or give google-auth an "
        "AwsSecurityCredentialsSupplier backed by botocore. To test with the IAM role, first export its credentials "
        'with AWS CLI version 2: eval "$(aws configure export-credentials --format env)"',
        code="WIF0217",
    ),
    Rule(
        _CREDENTIALS,
        r"^PodIdentity: ",
        "the EKS Pod Identity agent does not give credentials to the pod",
        "set runtime: eks in the setup, so that the pod needs no IAM role; or check that the pod's service account "
        "has a pod identity association, and that the add-on eks-pod-identity-agent runs on the node",
        code="WIF0219",
    ),
    Rule(
        _CREDENTIALS,
        r"^PartialCredentials: ",
        "only one of the two variables of the AWS access key is set",
        "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary access keys), or "
        "unset both",
        code="WIF0223",
    ),
    Rule(
        _CREDENTIALS,
        r"^UnfollowedProfile: (?P<what>.*)",
        "the live test does not support this source of AWS credentials: {what}",
        "export the AWS credentials with AWS CLI version 2, then test again: "
        'eval "$(aws configure export-credentials --format env)"',
        code="WIF0232",
    ),
    Rule(
        _CREDENTIALS,
        r"^ProfileNotFound: ",
        "AWS_PROFILE names a profile that does not exist in the AWS config file or the AWS credentials file",
        "correct or unset AWS_PROFILE",
        code="WIF0231",
    ),
    Rule(
        _CREDENTIALS,
        r"^(ContainerCredentials|UnsupportedHost|TokenFile|AccessDenied)",
        "the container credentials endpoint did not return credentials",
        "check that the task has a task role, and that nothing in the image overwrites the AWS_CONTAINER_* variables",
        code="WIF0233",
    ),
)
