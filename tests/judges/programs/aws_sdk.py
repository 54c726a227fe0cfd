"""boto3."""

import boto3

print(boto3.client("sts").get_caller_identity()["Arn"])
print([role["RoleName"] for role in boto3.client("iam").list_roles()["Roles"]])
print([queue["jobQueueName"] for queue in boto3.client("batch").describe_job_queues()["jobQueues"]])
print(boto3.client("ecs").list_task_definitions()["taskDefinitionArns"])
