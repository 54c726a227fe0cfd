
# ---- The objects in the cluster ----

# check_context CONTEXT CREDENTIALS-COMMAND
check_context() {
  look kubectl config get-contexts "$1" --output=name || :
  [ "$(answer)" = "$1" ] || stop "Your kubeconfig has no context $1." "$2"
}

# ensure_namespace CONTEXT NAMESPACE
ensure_namespace() {
  if look kubectl --context="$1" get namespace "$2" --output=jsonpath='{.status.phase}'; then
    [ "$(answer)" = Active ] || stop "The namespace $2 is being deleted." "Wait, then run the script again."
    in_place
    return
  fi
  change kubectl --context="$1" create namespace "$2"
  changed "created the namespace $2"
}

# ensure_account CONTEXT NAMESPACE NAME ANNOTATION EMAIL: EMAIL is empty for direct access.
ensure_account() {
  context=$1 namespace=$2 name=$3 annotation=$4 email=$5
  escaped=$(printf '%s' "$annotation" | sed 's/[.]/\\./g')
  if ! look kubectl --context="$context" --namespace="$namespace" get serviceaccount "$name" \
    --output=jsonpath="{.metadata.annotations.$escaped}"; then
    # Kubernetes creates the account "default" by itself, a moment after the namespace.
    if [ "$name" != default ]; then
      change kubectl --context="$context" --namespace="$namespace" create serviceaccount "$name"
      changed "created the service account $namespace/$name"
    fi
    : >"$work/out"
  fi
  former=$(answer)
  if [ "$former" = "$email" ]; then
    in_place
    return
  fi
  if look kubectl --context="$context" --namespace="$namespace" get serviceaccount "$name" --show-managed-fields \
    --output=json; then
    refuse_owned "Kubernetes service account $namespace/$name" 'Kubernetes service account' "$name" "$namespace" "$work/out"
  fi
  if [ -n "$former" ]; then accept_loss "Pods that use $namespace/$name stop acting as $former."; fi
  if [ -n "$email" ]; then
    change kubectl --context="$context" --namespace="$namespace" annotate --overwrite serviceaccount "$name" \
      "$annotation=$email"
    changed "pods of $namespace/$name act as $email"
  else
    change kubectl --context="$context" --namespace="$namespace" annotate serviceaccount "$name" "$annotation-"
    changed "removed the annotation of $namespace/$name"
  fi
}

# wire_pods CONTEXT NAMESPACE KIND NAME TEMPLATE-PATH ACCOUNT PATCH ROLLS-OUT: KIND as people write it, "Deployment".
wire_pods() {
  context=$1 namespace=$2 owned=$3 name=$4 template=$5 account=$6 patch=$7 rolls_out=$8
  kind=$(printf '%s' "$owned" | tr '[:upper:]' '[:lower:]')
  look kubectl --context="$context" --namespace="$namespace" get "$kind" "$name" \
    --output=jsonpath="{$template.spec.serviceAccountName}" ||
    stop "The namespace $namespace has no $kind $name." "Correct workloads[].controllers in the setup."
  former=$(answer)
  if [ "$former" = "$account" ]; then
    in_place
    return
  fi
  former=${former:-default}
  look kubectl --context="$context" --namespace="$namespace" get "$kind" "$name" --show-managed-fields --output=json || :
  refuse_owned "pods' service account $namespace/$owned $name" "$owned" "$name" "$namespace" "$work/out"
  accept_loss "The pods of $kind $namespace/$name stop using the service account $former, and lose its permissions."
  change kubectl --context="$context" --namespace="$namespace" patch "$kind" "$name" --patch="$patch"
  changed "the pods of $kind $namespace/$name use the service account $account"
  if [ -n "$rolls_out" ]; then
    kubectl --context="$context" --namespace="$namespace" rollout status "$kind" "$name"
  fi
}
