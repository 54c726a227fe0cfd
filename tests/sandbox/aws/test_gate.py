"""The gate: denied actions, faults, the request log, and accounts that do not mix."""

from time import monotonic

from tests.sandbox.aws.served import Account, Accounts, refusal, trust
from wizard.sandbox.faults import Fault

OPERATOR = "arn:aws:iam::111122223333:user/operator"


def test_a_denied_action_is_refused_in_the_words_of_each_service(accounts: Accounts) -> None:
    account = accounts(deny=["iam:ListRoles", "iam:GetRole", "ecs:*", "ec2:DescribeVpcs"])
    because = "because no identity-based policy allows the iam:ListRoles action"
    resource = "arn:aws:iam::111122223333:role/"
    text = f"User: {OPERATOR} is not authorized to perform: iam:ListRoles on resource: {resource} {because}"
    assert refusal(account.client("iam").list_roles) == ("AccessDenied", text, 403)
    assert f"{resource}reader" in refusal(account.client("iam").get_role, RoleName="reader")[1]
    assert refusal(account.client("ecs").list_clusters)[0] == "AccessDeniedException"
    assert refusal(account.client("ec2").describe_vpcs)[0] == "UnauthorizedOperation"
    account.client("iam").list_users()


def test_a_denied_pass_role_is_refused_where_a_role_is_passed(accounts: Accounts) -> None:
    account = accounts(roles=[{"name": "loader", "service": "ecs-tasks.amazonaws.com"}], deny=["iam:PassRole"])
    role = "arn:aws:iam::111122223333:role/loader"
    register = account.client("ecs").register_task_definition
    definition = {"family": "load", "containerDefinitions": [{"name": "app", "image": "python", "memory": 64}]}
    register(**definition)
    code, text, _ = refusal(register, **definition, taskRoleArn=role)
    assert code == "AccessDeniedException"
    because = "because no identity-based policy allows the iam:PassRole action"
    assert text.endswith(f"iam:PassRole on resource: {role} {because}")


def test_a_denied_action_is_simulated_as_denied(accounts: Accounts) -> None:
    simulate = accounts(deny=["iam:Put*"]).client("iam").simulate_principal_policy
    results = simulate(PolicySourceArn=OPERATOR, ActionNames=["iam:PutRolePolicy", "iam:GetRole"])["EvaluationResults"]
    assert [result["EvalDecision"] for result in results] == ["implicitDeny", "allowed"]


def test_a_fault_strikes_as_often_as_it_says(accounts: Accounts) -> None:
    fault = Fault("iam", "CreateRole", code="ConcurrentModification", status=409, message="try again", times=1)
    account = accounts(faults=[fault])
    make = account.client("iam").create_role
    document = trust({"Service": "ec2.amazonaws.com"})
    answer = refusal(make, RoleName="reader", AssumeRolePolicyDocument=document)
    assert answer == ("ConcurrentModification", "try again", 409)
    make(RoleName="reader", AssumeRolePolicyDocument=document)


def test_a_fault_can_only_delay(accounts: Accounts) -> None:
    account = accounts(faults=[Fault("sts", "GetCallerIdentity", delay=0.05)])
    begun = monotonic()
    account.client("sts").get_caller_identity()
    assert monotonic() - begun >= 0.05


def test_every_call_takes_the_latency(accounts: Accounts) -> None:
    account = accounts(latency=0.05)
    sts = account.client("sts")
    begun = monotonic()
    sts.get_caller_identity()
    assert monotonic() - begun >= 0.05


def test_the_log_tells_reads_from_writes_and_who_called(account: Account) -> None:
    iam = account.client("iam")
    iam.list_roles()
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust({"AWS": OPERATOR}))
    account.client("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/reader", RoleSessionName="session")
    refusal(iam.get_role, RoleName="nothing")
    account.client("ecs").create_cluster(clusterName="main")
    account.client("batch").describe_job_queues()
    found = [(call["service"], call["path"], call["kind"], call["status"]) for call in account.calls()]
    assert found == [
        ("iam", "ListRoles", "read", 200),
        ("iam", "CreateRole", "write", 200),
        ("sts", "AssumeRole", "read", 200),
        ("iam", "GetRole", "read", 404),
        ("ecs", "CreateCluster", "write", 200),
        ("batch", "DescribeJobQueues", "read", 200),
    ]
    assert {call["caller"] for call in account.calls()} == {OPERATOR}


def test_two_accounts_in_one_process_do_not_mix(accounts: Accounts) -> None:
    first, second = accounts(), accounts()
    first.client("iam").create_instance_profile(InstanceProfileName="mine")
    assert second.client("iam").list_instance_profiles()["InstanceProfiles"] == []
    assert len(first.client("iam").list_instance_profiles()["InstanceProfiles"]) == 1
    stranger = second.client("sts", first.cloud.operator)
    assert refusal(stranger.get_caller_identity)[0] == "InvalidClientTokenId"


def test_the_services_that_are_served_answer(account: Account) -> None:
    assert account.client("lambda").list_functions()["Functions"] == []
    assert account.client("logs").describe_log_groups()["logGroups"] == []
    assert len(account.client("ec2").describe_subnets()["Subnets"]) > 1
