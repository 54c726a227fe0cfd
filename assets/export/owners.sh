
# ---- The tools that manage resources ----

# refuse_owned TITLE KIND NAME NAMESPACE FILE...: the files have the resource as JSON. Ends the script if another tool
# manages the resource, because the tool would revert a change.
refuse_owned() {
  if [ -n "$override_owner" ]; then return; fi
  need python3
  title=$1
  shift
  python3 -I - "$@" >"$work/owner" <<'PYTHON' || exit 1
import json, sys

kind, name, namespace, *paths = sys.argv[1:]
TABLE = json.loads(r"""
@OWNERS@
""")


def owner():
    for mark in TABLE["marks"]:
        place = labels if mark["place"] == "label" else annotations
        value = place.get(mark["key"]) or ""
        if value and mark["required"] in ("", value.lower()):
            return mark["tool"], text(mark["where"], value, place.get(mark["other"]) or "")
    for start, (tool, where) in TABLE["managers"].items():
        if any(manager.lower().startswith(start) for manager in managers):
            return tool, text(where)
    for controller in controllers:
        return controller.partition(" ")[0], controller + " in namespace " + namespace
    named = labels.get(TABLE["managed_by"]) or ""
    if named and not named.lower().startswith(tuple(TABLE["by_hand"])):
        return named, text(TABLE["otherwise"])
    return None


def text(where, value="", other=""):
    value, other = value.partition(":")[0], other or namespace
    return where.format(kind=kind, name=name, namespace=namespace, value=value, other=other)


labels, annotations, managers, controllers = {}, {}, [], []
for path in paths:
    with open(path, encoding="utf-8") as file:
        found = json.load(file) or {}
    metadata = found.get("metadata") or {}
    labels.update(metadata.get("labels") or {}, **found.get("resourceLabels") or {})
    labels.update((found.get("config") or {}).get("resourceLabels") or {})
    annotations.update(metadata.get("annotations") or {})
    managers += [entry["manager"] for entry in metadata.get("managedFields") or () if entry.get("manager")]
    owners = metadata.get("ownerReferences") or ()
    controllers += [each["kind"] + " " + each["name"] for each in owners if each.get("controller")]
manages = owner()
if manages:
    print("%s manages the resource. Make the change here: %s" % manages)
PYTHON
  if [ -s "$work/owner" ]; then stop_for_owner "$title: $(cat "$work/owner")"; fi
}

# refuse_other_tool TITLE TOOL PLACE: ends the script, because the tool would revert a change.
refuse_other_tool() {
  if [ -n "$override_owner" ]; then return; fi
  stop_for_owner "$1: $2 manages the resource. Make the change here: $3"
}

stop_for_owner() {
  stop "$1" "Make the change there, because the tool would revert the change of this script. To change the resource \
anyway, run the script again with --override-owner."
}
