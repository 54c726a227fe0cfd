
# ---- The cluster, in Google Cloud ----

# ensure_cluster_pool PROJECT LOCATION CLUSTER POOL UPDATE-COMMAND...
ensure_cluster_pool() {
  project=$1 location=$2 cluster=$3 pool=$4
  shift 4
  look gcloud container clusters describe "$cluster" --location="$location" --project="$project" \
    --format='value[separator="|"](workloadIdentityConfig.workloadPool,status)' ||
    stop "The cluster $cluster does not exist in $location." "Correct the setup, and export the script again."
  case $(answer) in
    *\|STOPPING) stop "The cluster $cluster is being deleted." ;;
    "$pool|"*) in_place ;;
    \|*)
      look gcloud container clusters describe "$cluster" --location="$location" --project="$project" \
        --format='json(resourceLabels)' || :
      refuse_owned "cluster's workload pool $cluster" cluster "$cluster" '' "$work/out"
      change "$@"
      changed "the cluster $cluster is in the pool $pool; existing node pools did not change"
      ;;
    *) stop "The cluster $cluster is in another workload identity pool: $(answer)" ;;
  esac
}

# ensure_metadata_server PROJECT LOCATION CLUSTER NODE-POOL UPDATE-COMMAND...
ensure_metadata_server() {
  project=$1 location=$2 cluster=$3 node_pool=$4
  shift 4
  look gcloud container clusters describe "$cluster" --location="$location" --project="$project" \
    --format='value(autopilot.enabled)' || stop "The cluster $cluster does not exist in $location."
  if [ "$(answer)" = True ]; then
    in_place
    return
  fi
  look gcloud container node-pools describe "$node_pool" --cluster="$cluster" --location="$location" \
    --project="$project" --format='value(config.workloadMetadataConfig.mode)' ||
    stop "The cluster $cluster has no node pool $node_pool." "Correct the setup, and export the script again."
  if [ "$(answer)" = GKE_METADATA ]; then
    in_place
    return
  fi
  look gcloud container clusters describe "$cluster" --location="$location" --project="$project" \
    --format='json(resourceLabels)' || :
  cp "$work/out" "$work/cluster.json"
  look gcloud container node-pools describe "$node_pool" --cluster="$cluster" --location="$location" \
    --project="$project" --format='json(config.resourceLabels)' || :
  refuse_owned "node pool's metadata mode $node_pool" 'node pool' "$node_pool" '' "$work/cluster.json" "$work/out"
  accept_loss "The change recreates every node of the node pool $node_pool. Pods on these nodes that use the access of \
the nodes' service account lose that access. wif-wizard plan names these pods."
  change "$@"
  changed "the node pool $node_pool runs the GKE metadata server"
}

# check_node_pools PROJECT LOCATION CLUSTER: the setup names no node pool to change, so that one must be ready.
check_node_pools() {
  look gcloud container clusters describe "$3" --location="$2" --project="$1" \
    --format='value(autopilot.enabled,nodePools[].config.workloadMetadataConfig.mode)' ||
    stop "The cluster $3 does not exist in $2."
  case $(answer) in
    *GKE_METADATA* | True*) in_place ;;
    *) stop "No node pool of $3 runs the GKE metadata server." "Set gke.node_pools in the setup." ;;
  esac
}
