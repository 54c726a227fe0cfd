
# register_definition TITLE API NAME ROLE WIRING: registers a new revision of a job definition or task definition.
# python3 copies every field of the newest revision, also values of others, which are never printed. The old revision
# stays. WIRING is JSON: the fields that AWS takes, the variables to set, and those to set only where they are missing.
register_definition() {
  title=$1 api=$2 name=$3 role=$4 wiring=$5
  need python3
  role_arn "$role"
  if [ "$api" = batch ]; then
    look aws batch describe-job-definitions --job-definition-name "$name" --status ACTIVE --output json || :
  else
    look aws ecs describe-task-definition --task-definition "$name" --include TAGS --output json || :
  fi
  python3 -I - "$work" "$api" "$name" "$arn" "$wiring" <<'PYTHON' || exit 1
import json, sys

work, api, name, arn, wiring = sys.argv[1:]
wiring = json.loads(wiring)
with open(work + "/out", encoding="utf-8") as file:
    answer = json.load(file)


def stop(problem, advice):
    sys.exit("\nThe script stopped, and changed nothing in this step.\n" + problem + "\nWhat to do: " + advice)


def chosen(containers):
    names = [container.get("name") for container in containers]
    if wiring["container"] is None and len(names) == 1:
        return containers[0]
    if wiring["container"] not in names:
        stop(name + " has these containers: " + ", ".join(map(str, names)) + ".", "Set aws.container in the setup.")
    return containers[names.index(wiring["container"])]


if api == "batch":
    found = sorted(answer["jobDefinitions"], key=lambda one: one["revision"])
    if not found:
        stop("There is no active job definition " + name + ".", "Register the job definition first.")
    whole = found[-1]
    tasks = whole.get("ecsProperties", {}).get("taskProperties")
    if whole.get("eksProperties") or whole.get("nodeProperties"):
        stop(name + " runs on EKS or on several nodes, for which the wizard has no wiring.", "Edit it yourself.")
    task, key = (tasks[0], "taskRoleArn") if tasks else (whole["containerProperties"], "jobRoleArn")
    container = chosen(tasks[0]["containers"]) if tasks else whole["containerProperties"]
    tags = {tag: value for tag, value in whole.get("tags", {}).items() if not tag.startswith("aws:")}
else:
    whole = answer["taskDefinition"]
    task, key, container = whole, "taskRoleArn", chosen(whole["containerDefinitions"])
    tags = [tag for tag in answer.get("tags", []) if not tag["key"].startswith("aws:")]
stacks = whole.get("tags", {}) if api == "batch" else {tag["key"]: tag["value"] for tag in answer.get("tags", [])}
revision, latest = wiring["revision"], whole["revision"]
values = {entry["name"]: entry.get("value", "") for entry in container.get("environment") or []}
secrets = {entry["name"] for entry in container.get("secrets") or []}
missing = {key: value for key, value in wiring["defaults"].items() if key not in values and key not in secrets}
ours = dict(wiring["always"], **missing)
in_place = task.get(key) == arn and not missing and all(values.get(key) == value for key, value in ours.items())
former = task.get(key)
if not in_place and revision not in (None, latest):
    stop("The setup names revision " + str(revision) + " of " + name + ", but revision " + str(latest) + " is newer.",
         "Remove the revision from the setup.")
task[key] = arn
container["environment"] = [entry for entry in container.get("environment") or [] if entry["name"] not in ours]
container["environment"] += [{"name": key, "value": value} for key, value in ours.items()]
if secrets:
    container["secrets"] = [entry for entry in container["secrets"] if entry["name"] not in ours]
document = {key: value for key, value in whole.items() if key in wiring["fields"] and key != "tags"}
if tags:
    document["tags"] = tags
with open(work + "/definition.json", "w", encoding="utf-8") as file:
    json.dump(document, file)
with open(work + "/former", "w", encoding="utf-8") as file:
    file.write("" if former in (None, arn) else former)
with open(work + "/stack", "w", encoding="utf-8") as file:
    file.write(stacks.get("aws:cloudformation:stack-name", ""))
with open(work + "/needed", "w", encoding="utf-8") as file:
    file.write("" if in_place else "yes")
PYTHON
  if [ ! -s "$work/needed" ]; then
    in_place
    return
  fi
  if [ -s "$work/stack" ]; then refuse_other_tool "$title" CloudFormation "stack $(cat "$work/stack")"; fi
  if [ -s "$work/former" ]; then
    accept_loss "What starts from $name without a revision loses the role $(cat "$work/former")."
  fi
  if [ "$api" = batch ]; then
    change aws batch register-job-definition --cli-input-json "file://$work/definition.json"
  else
    change aws ecs register-task-definition --cli-input-json "file://$work/definition.json"
  fi
  rm -f "$work/definition.json" "$work/out"
  changed "registered a new revision of $name"
}

# update_service CLUSTER SERVICE FAMILY
update_service() {
  look aws ecs describe-task-definition --task-definition "$3" --query taskDefinition.taskDefinitionArn --output text || :
  newest=$(answer)
  look aws ecs describe-services --cluster "$1" --services "$2" --query 'services[0].taskDefinition' --output text || :
  if [ "$(answer)" = "$newest" ]; then
    in_place
    return
  fi
  case $(answer) in
    */"$3":*) ;;
    *) stop "The service $2 does not run the task definition $3: $(answer)" "Correct aws.services in the setup." ;;
  esac
  look aws ecs describe-services --cluster "$1" --services "$2" \
    --query 'services[0].deploymentController.type' --output text || :
  case $(answer) in
    CODE_DEPLOY) refuse_other_tool "ECS service $1/$2" 'AWS CodeDeploy' "deployment of $1/$2" ;;
    EXTERNAL) refuse_other_tool "ECS service $1/$2" 'an external controller' "task set of $1/$2" ;;
  esac
  change aws ecs update-service --cluster "$1" --service "$2" --task-definition "$3"
  aws ecs wait services-stable --cluster "$1" --services "$2"
  changed "the service $2 runs $newest"
}

# update_function FUNCTION ROLE VARIABLES: VARIABLES is JSON. Other variables stay, and are never printed.
update_function() {
  need python3
  role_arn "$2"
  look aws lambda get-function-configuration --function-name "$1" --output json ||
    stop "There is no function $1." "Create the function first."
  python3 -I - "$work" "$1" "$arn" "$3" <<'PYTHON' || exit 1
import json, sys

work, name, arn, ours = sys.argv[1:]
with open(work + "/out", encoding="utf-8") as file:
    found = json.load(file)
environment = found.get("Environment", {})
if environment.get("Error"):
    sys.exit("\nThe script stopped, and changed nothing in this step.\nLambda cannot read the variables of " + name +
             " for you.\nWhat to do: get the permission to decrypt the variables, usually kms:Decrypt.")
values = dict(environment.get("Variables", {}), **json.loads(ours))
in_place = found["Role"] == arn and values == environment.get("Variables", {})
update = {"FunctionName": name, "Role": arn, "RevisionId": found["RevisionId"], "Environment": {"Variables": values}}
with open(work + "/arn", "w", encoding="utf-8") as file:
    file.write(found["FunctionArn"])
with open(work + "/update.json", "w", encoding="utf-8") as file:
    file.write("" if in_place else json.dumps(update))
with open(work + "/former", "w", encoding="utf-8") as file:
    file.write("" if found["Role"] == arn else found["Role"])
PYTHON
  if [ ! -s "$work/update.json" ]; then
    in_place
    return
  fi
  rm -f "$work/out"
  function_arn=$(cat "$work/arn")
  stack=$(aws lambda list-tags --resource "$function_arn" --query 'Tags."aws:cloudformation:stack-name"' \
    --output text 2>/dev/null || printf None)
  if [ "$stack" != None ]; then refuse_other_tool "Lambda function $1" CloudFormation "stack $stack"; fi
  if [ -s "$work/former" ]; then accept_loss "The function $1 loses the role $(cat "$work/former")."; fi
  change aws lambda update-function-configuration --cli-input-json "file://$work/update.json"
  rm -f "$work/update.json" "$work/out"
  aws lambda wait function-updated-v2 --function-name "$1"
  changed "the function $1 has the role $2 and the variables"
}

# refuse_owned_instance INSTANCE STACK: STACK is None, or the stack of CloudFormation that has the instance.
refuse_owned_instance() {
  case $2 in
    '' | None) ;;
    *) refuse_other_tool "EC2 instance $1" CloudFormation "stack $2" ;;
  esac
}

# update_instance INSTANCE ROLE CONTAINERIZED
update_instance() {
  wanted_profile=$2
  look aws ec2 describe-iam-instance-profile-associations \
    --filters Name=instance-id,Values="$1" Name=state,Values=associating,associated \
    --query 'IamInstanceProfileAssociations[0].[AssociationId,IamInstanceProfile.Arn]' --output text || :
  association=$(cut -f1 "$work/out")
  profile=$(cut -f2 "$work/out" | sed 's|.*/||')
  former=
  look aws ec2 describe-instances --instance-ids "$1" --output text \
    --query 'Reservations[0].Instances[0].Tags[?Key==`aws:cloudformation:stack-name`].Value | [0]' || :
  stack=$(answer)
  if [ "$association" != None ]; then
    look aws iam get-instance-profile --instance-profile-name "$profile" \
      --query 'InstanceProfile.Roles[0].RoleName' --output text || printf 'None\n' >"$work/out"
    former=$(answer)
  fi
  if [ "$association" = None ]; then
    refuse_owned_instance "$1" "$stack"
    change aws ec2 associate-iam-instance-profile --instance-id "$1" --iam-instance-profile "Name=$wanted_profile"
    changed "programs on $1 get the role $2"
  elif [ "$former" = "$2" ]; then
    in_place
  else
    refuse_owned_instance "$1" "$stack"
    if [ "$former" != None ]; then accept_loss "Programs on $1 lose the role $former."; fi
    change aws ec2 replace-iam-instance-profile-association --association-id "$association" \
      --iam-instance-profile "Name=$wanted_profile"
    changed "programs on $1 get the role $2"
  fi
  look aws ec2 describe-instances --instance-ids "$1" \
    --query 'Reservations[0].Instances[0].MetadataOptions.[HttpEndpoint,HttpPutResponseHopLimit]' --output text || :
  endpoint=$(cut -f1 "$work/out")
  hops=$(cut -f2 "$work/out")
  if [ "$endpoint" = disabled ]; then
    refuse_owned_instance "$1" "$stack"
    change aws ec2 modify-instance-metadata-options --instance-id "$1" --http-endpoint enabled
    changed "the metadata service of $1 is enabled"
  fi
  if [ -n "$3" ] && [ "$hops" -lt 2 ]; then
    refuse_owned_instance "$1" "$stack"
    change aws ec2 modify-instance-metadata-options --instance-id "$1" --http-put-response-hop-limit 2
    changed "containers on $1 can reach the metadata service"
  fi
}
