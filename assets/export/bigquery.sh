
# ---- BigQuery ----

# grant_on_dataset DATASET ENTRY: ENTRY is JSON: the role, and whom it is for.
# python3 adds the entry to the access list. Every other entry stays, such as authorized views. The etag makes BigQuery
# refuse the update if someone else changed the dataset after this script read it.
grant_on_dataset() {
  need bq
  need python3
  look bq --format=prettyjson show "$1" ||
    stop "The dataset $1 does not exist." "Create the dataset, or correct grants in the setup."
  python3 -I - "$work" "$1" "$2" <<'PYTHON' || exit 1
import json, sys

work, name, ours = sys.argv[1:]
ours = json.loads(ours)
with open(work + "/out", encoding="utf-8") as file:
    found = json.load(file)
short = {"roles/bigquery.dataOwner": "OWNER", "roles/bigquery.dataEditor": "WRITER",
         "roles/bigquery.dataViewer": "READER"}
access = found.get("access", [])
same = [dict(ours), dict(ours, role=short.get(ours["role"], ours["role"]))]
in_place = any(entry in same for entry in access)
conditional = any(entry.get("condition") or "_withcond_" in entry.get("role", "") for entry in access)
if not in_place and conditional:
    sys.exit("\nThe script stopped, and changed nothing in this step.\nThe dataset " + name + " has entries with a "
             "condition, which bq can lose.\nWhat to do: run wif-wizard apply.")
with open(work + "/dataset.json", "w", encoding="utf-8") as file:
    file.write("" if in_place else json.dumps({"access": access + [ours]}))
with open(work + "/etag", "w", encoding="utf-8") as file:
    file.write(found["etag"])
PYTHON
  if [ ! -s "$work/dataset.json" ]; then
    in_place
    return
  fi
  change bq update --etag="$(cat "$work/etag")" --source="$work/dataset.json" "$1"
  changed "added an entry to the access list of $1; the other entries did not change"
}

# grant_on_table TABLE ROLE MEMBER GRANT-COMMAND...
grant_on_table() {
  table=$1 role=$2 member=$3
  shift 3
  need bq
  need python3
  look bq --format=json get-iam-policy --table "$table" ||
    stop "The table $table does not exist." "Create the table, or correct grants in the setup."
  if python3 -I -c '
import json, sys
policy, role, member = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
held = [each for each in policy.get("bindings", []) if each["role"] == role and not each.get("condition")]
sys.exit(not any(member in each["members"] for each in held))' "$work/out" "$role" "$member"; then
    in_place
    return
  fi
  change "$@"
  changed "granted $role to $member"
}
