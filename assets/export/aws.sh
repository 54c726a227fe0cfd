
# ---- AWS ----

# check_account ACCOUNT
check_account() {
  look aws sts get-caller-identity --query Account --output text || :
  [ "$(answer)" = "$1" ] || stop "Your AWS credentials are for the account $(answer), but the setup names $1." \
    "Choose another AWS_PROFILE."
}

# ensure_role ROLE ARN SID STATEMENT CREATE-COMMAND... : ARN is empty if any path is right. STATEMENT is JSON.
# python3 joins the statement to the trust policy, because sh cannot edit JSON. No statement is changed or removed.
ensure_role() {
  role=$1 arn=$2 sid=$3 statement=$4
  shift 4
  if ! look aws iam get-role --role-name "$role" --query Role --output json; then
    change "$@"
    changed "created the role $role"
    return
  fi
  need python3
  python3 -I - "$work" "$role" "$arn" "$sid" "$statement" <<'PYTHON' || exit 1
import json, sys

work, role, arn, sid, ours = sys.argv[1:]
ours = json.loads(ours)
with open(work + "/out", encoding="utf-8") as file:
    found = json.load(file)
document = found["AssumeRolePolicyDocument"]


def stop(problem, advice):
    sys.exit("\nThe script stopped, and changed nothing in this step.\n" + problem + "\nWhat to do: " + advice)


def values(value):
    return value if isinstance(value, list) else [value]


def services(statement):
    principal = statement.get("Principal")
    return values(principal.get("Service", [])) if isinstance(principal, dict) else []


def admits(statement):
    wanted = services(ours)[0]
    actions = {action.lower() for action in values(statement.get("Action", []))}
    return (
        statement.get("Effect") == "Allow"
        and wanted in services(statement)
        and bool(actions & {"sts:assumerole", "sts:*", "*"})
        and statement.get("Condition") in (None, {}, ours.get("Condition"))
    )


if arn and found["Arn"] != arn:
    stop("The role is " + found["Arn"] + ", but the setup names " + arn + ".", "Correct aws.role in the setup.")
statements = values(document.get("Statement", []))
if any(statement.get("Effect") == "Deny" for statement in statements):
    stop("The trust policy of " + role + " has a Deny statement, which overrides every Allow. The script does not "
         "evaluate conditions.", "Run wif-wizard apply, or ask the owner of the role whether the Deny is for this "
         "workload.")
in_place = any(admits(statement) for statement in statements)
if not in_place:
    taken = {statement.get("Sid") for statement in statements}
    names = [sid] + [sid + str(number) for number in range(2, len(taken) + 3)]
    free = next(name for name in names if name not in taken)
    document["Statement"] = statements + [dict({"Sid": free}, **ours)]
with open(work + "/trust.json", "w", encoding="utf-8") as file:
    file.write("" if in_place else json.dumps(document, indent=2))
PYTHON
  if [ ! -s "$work/trust.json" ]; then
    in_place
    return
  fi
  change aws iam update-assume-role-policy --role-name "$role" --policy-document "file://$work/trust.json"
  changed "added one statement to the trust policy of $role; the other statements did not change"
}

# ensure_instance_profile NAME
ensure_instance_profile() {
  if look aws iam get-instance-profile --instance-profile-name "$1" \
    --query 'InstanceProfile.Roles[0].RoleName' --output text; then
    case $(answer) in
      "$1")
        in_place
        return
        ;;
      None) ;;
      *)
        stop "The instance profile $1 gives the role $(answer) to instances, which would lose this role." \
          "Name another role in the setup, or run wif-wizard apply --accept-loss."
        ;;
    esac
  else
    change aws iam create-instance-profile --instance-profile-name "$1"
  fi
  change aws iam add-role-to-instance-profile --instance-profile-name "$1" --role-name "$1"
  changed "the instance profile $1 gives the role $1"
}

# role_arn ROLE: sets $arn to the ARN of the role, with its path.
role_arn() {
  look aws iam get-role --role-name "$1" --query Role.Arn --output text ||
    stop "The role $1 does not exist." "Run the AWS part of this script first."
  arn=$(answer)
}
