"""Types for values with a rule of AWS, or of pools and providers."""

from typing import Annotated

from wizard.modes.aws import rules
from wizard.setup import kubernetes_rules
from wizard.setup.texts import checked, like

PoolId = Annotated[str, checked(rules.pool_id), like("aws-prod", rules.POOL_ID)]
ProviderId = Annotated[str, checked(rules.provider_id), like("aws-111122223333", rules.POOL_ID)]
AccountId = Annotated[str, checked(rules.account_id), like("111122223333", rules.ACCOUNT_ID)]
AwsRegion = Annotated[str, checked(rules.region), like("ap-northeast-1", rules.REGION)]
AwsRoleName = Annotated[str, checked(rules.role_name), like("rds-to-bigquery", rules.ROLE_OR_ARN)]
EksClusterName = Annotated[str, checked(rules.eks_cluster), like("shop", rules.EKS_CLUSTER)]
Issuer = Annotated[str, checked(rules.issuer), like("https://oidc.eks.eu-central-1.amazonaws.com/id/5D0A9B8C7E6F4A3B")]
Namespace = Annotated[str, checked(kubernetes_rules.namespace), like("orders", kubernetes_rules.DNS_LABEL)]
KubernetesServiceAccount = Annotated[
    str, checked(kubernetes_rules.service_account), like("loader", kubernetes_rules.DNS_SUBDOMAIN)
]
AwsRolePath = Annotated[str, checked(rules.role_path), like("/team/", rules.ROLE_PATH)]
AwsDefinition = Annotated[str, checked(rules.definition), like("nightly-load", rules.DEFINITION)]
AwsFunction = Annotated[str, checked(rules.function), like("nightly-load", rules.FUNCTION)]
AwsInstance = Annotated[str, checked(rules.instance), like("i-0123456789abcdef0", rules.INSTANCE)]
AwsEcsService = Annotated[str, checked(rules.ecs_service), like("prod/orders", rules.ECS_SERVICE)]
