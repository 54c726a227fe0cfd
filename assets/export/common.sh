# ---- Functions: they read first, and write only what is missing ----

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
umask 077

step() { printf '\n== %s\n' "$1"; }
in_place() { printf 'in place\n'; }
changed() { printf 'changed: %s\n' "$1"; }

# Ends the script. The first argument is what is wrong, the second is what to do.
stop() {
  printf '\nThe script stopped, and changed nothing in this step.\n%s\n' "$1" >&2
  if [ $# -gt 1 ]; then printf 'What to do: %s\n' "$2" >&2; fi
  exit 1
}

need() {
  command -v "$1" >/dev/null 2>&1 || stop "This script needs the program $1." "Install $1, then run the script again."
}

# Returns 1, unless the operator accepts that other identities lose access.
accept_loss() {
  if [ -z "$accept_loss" ]; then
    stop "$1" "Review who loses access. To accept the loss, run the script again with --accept-loss."
  fi
}

# What the clouds answer if a resource does not exist, if a service is not ready yet, and if a new resource is not
# visible yet.
not_there='NOT_FOUND|code=404|\(NoSuchEntity\)|\(NotFound\)'
starting='has not been used in project|it is disabled'
not_visible='does not exist|cannot be assumed by Lambda|Invalid IAM Instance Profile|\(NotFound\)'

# look COMMAND...: runs a command that reads. The output is in $work/out. Returns 1 if the resource does not exist.
look() {
  waited=0
  until "$@" >"$work/out" 2>"$work/err"; do
    if grep -Eq "$not_there" "$work/err"; then return 1; fi
    if [ "$waited" -ge 120 ] || ! grep -Eq "$starting" "$work/err"; then
      cat "$work/err" >&2
      stop "The script cannot read the current state: $*" "Fix the cause, then run the script again."
    fi
    sleep 5
    waited=$((waited + 5))
  done
}

# change COMMAND...: runs a command that writes. Retries for two minutes while a new resource is not visible yet.
change() {
  waited=0
  until "$@" >"$work/out" 2>"$work/err"; do
    if [ "$waited" -ge 120 ] || ! grep -Eq "$starting|$not_visible" "$work/err"; then
      cat "$work/err" >&2
      stop "This command failed: $*" "Fix the cause, then run the script again."
    fi
    sleep 5
    waited=$((waited + 5))
  done
}

answer() { cat "$work/out"; }

project_number=${PROJECT_NUMBER:-}

# find_project_number PROJECT: sets $project_number. Set PROJECT_NUMBER if you cannot read the project.
find_project_number() {
  if [ -n "$project_number" ]; then return; fi
  command -v gcloud >/dev/null 2>&1 ||
    stop "This step needs the number of the project $1." "Set PROJECT_NUMBER, then run the script again."
  look gcloud projects describe "$1" --format='value(projectNumber)' ||
    stop "The project $1 does not exist." "Correct the project in the setup, and export the script again."
  project_number=$(answer)
}
