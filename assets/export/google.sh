
# ---- Google Cloud ----

# enable_services PROJECT SERVICE...
enable_services() {
  project=$1
  shift
  look gcloud services list --enabled --project="$project" --format='value(config.name)' ||
    stop "The project $project does not exist." "Correct the project in the setup, and export the script again."
  count=$#
  while [ "$count" -gt 0 ]; do
    service=$1
    shift
    count=$((count - 1))
    grep -qxF "$service" "$work/out" || set -- "$@" "$service"
  done
  if [ $# -eq 0 ]; then
    in_place
    return
  fi
  change gcloud services enable "$@" --project="$project"
  changed "enabled $*"
}

# ensure_pool PROJECT POOL CREATE-COMMAND...
ensure_pool() {
  project=$1 pool=$2
  shift 2
  if ! look gcloud iam workload-identity-pools describe "$pool" --location=global --project="$project" \
    --format='value[separator="|"](state,disabled,mode)'; then
    change "$@"
    changed "created the pool $pool"
    return
  fi
  case $(answer) in
    DELETED\|*)
      stop "The pool $pool is deleted. Whoever used the pool gets access again if you undelete it." \
        "gcloud iam workload-identity-pools undelete $pool --location=global --project=$project"
      ;;
    *\|True\|*)
      stop "Someone disabled the pool $pool. Whoever used the pool gets access again if you enable it." \
        "gcloud iam workload-identity-pools update $pool --location=global --project=$project --no-disabled"
      ;;
    *\| | *\|MODE_UNSPECIFIED | *\|FEDERATION_ONLY) in_place ;;
    *) stop "The pool $pool has a mode in which it cannot have providers." "Name another pool in the setup." ;;
  esac
}

# ensure_provider PROJECT POOL PROVIDER WANTED CREATE-COMMAND...
# WANTED is JSON: type, account or issuer, audience, mapping, condition.
# python3 compares the provider, because sh cannot read JSON. The condition of a shared provider is only widened.
ensure_provider() {
  project=$1 pool=$2 provider=$3 wanted=$4
  shift 4
  if ! look gcloud iam workload-identity-pools providers describe "$provider" --location=global \
    --workload-identity-pool="$pool" --project="$project" --format=json; then
    change "$@"
    changed "created the provider $provider"
    return
  fi
  need python3
  python3 -I - "$work" "$provider" "$pool" "$project" "$wanted" <<'PYTHON' || exit 1
import json, re, sys

work, provider, pool, project, wanted = sys.argv[1:]
wanted = json.loads(wanted)
with open(work + "/out", encoding="utf-8") as file:
    found = json.load(file)
place = provider + " --location=global --workload-identity-pool=" + pool + " --project=" + project
group = "gcloud iam workload-identity-pools providers "


def stop(problem, advice):
    sys.exit("\nThe script stopped, and changed nothing in this step.\n" + problem + "\nWhat to do: " + advice)


def listed(condition):
    """Return the variable and the values of a condition that only lists values; None for another condition."""
    match = re.fullmatch(r"\s*([a-z0-9_.]+)\s*(?:==\s*('[^'\\\n]*')|in\s*\[([^\]]*)\])\s*", condition)
    if not match:
        return None
    values = re.findall(r"'([^'\\\n]*)'", match.group(2) or match.group(3))
    rest = re.sub(r"'[^'\\\n]*'", "", match.group(2) or match.group(3))
    return (match.group(1), values) if values and not rest.strip(" ,\n") else None


def admits(old, ours):
    """Return whether a condition admits what ours admits, as far as its text tells."""
    mine, theirs = listed(ours), listed(old)
    if old in ("", ours):
        return True
    if mine and theirs:
        return mine[0] == theirs[0] and set(mine[1]) <= set(theirs[1])
    joined = re.fullmatch(r"\(.*\n?\) \|\| \(([^()]*)\)", old, re.DOTALL)
    return bool(joined) and admits(joined.group(1), ours)


def widened(old, ours):
    mine, theirs = listed(ours), listed(old)
    if mine and theirs and mine[0] == theirs[0]:
        values = ["'" + value + "'" for value in dict.fromkeys(theirs[1] + mine[1])]
        return mine[0] + " in [" + ", ".join(values) + "]"
    return "(" + old + ("\n" if "//" in old else "") + ") || (" + ours + ")"


own = "Set google.provider in the setup to another name, and export the script again: a pool can have many providers."
if found.get("state") == "DELETED":
    stop("The provider " + provider + " is deleted. Whoever it admitted gets access again if you undelete it.",
         group + "undelete " + place)
if found.get("disabled"):
    verb = "update-aws " if wanted["type"] == "aws" else "update-oidc "
    stop("Someone disabled the provider " + provider + ". Whoever it admits gets access again if you enable it.",
         group + verb + place + " --no-disabled")
if wanted["type"] == "aws" and found.get("aws", {}).get("accountId") != wanted["account"]:
    stop("The provider " + provider + " is not for the AWS account " + wanted["account"] + ".", own)
if wanted["type"] == "oidc":
    oidc = found.get("oidc", {})
    if oidc.get("issuerUri") != wanted["issuer"]:
        stop("The provider " + provider + " is not for the issuer " + wanted["issuer"] + ".", own)
    if oidc.get("allowedAudiences") and wanted["audience"] not in oidc["allowedAudiences"]:
        stop("The provider " + provider + " does not accept tokens for the audience " + wanted["audience"] + ".", own)
mapping = found.get("attributeMapping", {})
for key, expression in wanted["mapping"].items():
    if mapping.get(key) != expression:
        stop("The provider " + provider + " maps " + key + " to " + str(mapping.get(key)) + ", but the setup needs "
             + expression + ". A change of the mapping can change the access of others.",
             own + " wif-wizard apply can also decide whether the mapping of the provider is sufficient.")
old, ours = found.get("attributeCondition", ""), wanted["condition"]
flags = {}
if not admits(old, ours):
    condition = widened(old, ours)
    if len(condition) > 4096:
        stop("The condition of the provider " + provider + " would be longer than 4096 characters.", own)
    flags = {"--attribute-condition": condition}
with open(work + "/flags.json", "w", encoding="utf-8") as file:
    json.dump(flags, file)
PYTHON
  if [ "$(cat "$work/flags.json")" = '{}' ]; then
    in_place
    return
  fi
  case $wanted in *'"type": "aws"'*) update=update-aws ;; *) update=update-oidc ;; esac
  change gcloud iam workload-identity-pools providers "$update" "$provider" --location=global \
    --workload-identity-pool="$pool" --project="$project" --flags-file="$work/flags.json"
  changed "the condition of the provider $provider also admits this workload; whoever it admitted, it still admits"
}

# ensure_google_service_account PROJECT EMAIL CREATE-COMMAND...
ensure_google_service_account() {
  project=$1 email=$2
  shift 2
  look gcloud iam service-accounts list --project="$project" --filter="email=$email" \
    --format='value[separator="|"](email,disabled)' || stop "The project $project does not exist."
  case $(answer) in
    '')
      change "$@"
      changed "created $email"
      ;;
    "$email|True")
      stop "Someone disabled the service account $email." \
        "gcloud iam service-accounts enable $email --project=$project"
      ;;
    *) in_place ;;
  esac
}

# grant ROLE MEMBER GRANT-COMMAND... : the policy is in $work/policy, one line for each role and member.
# Every other member and condition of the policy stays: gcloud writes the policy with its etag.
grant() {
  role=$1 member=$2
  shift 2
  if grep -qxF "$(printf '%s\t%s\t' "$role" "$member")" "$work/policy"; then
    in_place
    return
  fi
  change "$@"
  changed "granted $role to $member"
}

# read_policy READ-COMMAND...
read_policy() {
  look "$@" --flatten='bindings[].members' \
    --format='value(bindings.role,bindings.members,bindings.condition.expression)' || : >"$work/out"
  cp "$work/out" "$work/policy"
}

# write_configuration FILE <CONTENT: the file is never overwritten.
write_configuration() {
  sed "s|/projects/PROJECT_NUMBER/|/projects/$project_number/|" >"$work/configuration"
  if [ -e "$1" ]; then
    cmp -s "$work/configuration" "$1" ||
      stop "$1 exists, and has different content." "Compare the file with the content in this script, or move the file."
    in_place
    return
  fi
  mkdir -p "$(dirname "$1")"
  (set -C && cat "$work/configuration" >"$1")
  changed "wrote $1"
}
