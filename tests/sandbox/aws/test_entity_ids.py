"""Unique ids of IAM entities begin as AWS's do."""

from tests.sandbox.aws.people import allow, document
from tests.sandbox.aws.served import Account, trust


def test_an_id_tells_the_kind_of_its_entity(account: Account) -> None:
    iam = account.client("iam")
    made = {
        "AIDA": iam.create_user(UserName="worker")["User"]["UserId"],
        "AGPA": iam.create_group(GroupName="workers")["Group"]["GroupId"],
        "AIPA": iam.create_instance_profile(InstanceProfileName="own")["InstanceProfile"]["InstanceProfileId"],
        "ANPA": iam.create_policy(PolicyName="own", PolicyDocument=document(allow("*")))["Policy"]["PolicyId"],
        "AROA": iam.create_role(RoleName="own", AssumeRolePolicyDocument=trust("*"))["Role"]["RoleId"],
    }
    for prefix, name in made.items():
        assert name.startswith(prefix)
        assert len(name) == 21
    assert iam.get_user(UserName="worker")["User"]["UserId"] == made["AIDA"]
    assert iam.get_group(GroupName="workers")["Group"]["GroupId"] == made["AGPA"]
    shown = iam.get_policy(PolicyArn="arn:aws:iam::111122223333:policy/own")["Policy"]
    assert shown["PolicyId"] == made["ANPA"]
