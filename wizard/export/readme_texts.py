"""The texts of the README of the folder: one template for each section."""

GOOGLE_ADMINISTRATOR = "Google Cloud administrator"
AWS_ADMINISTRATOR = "AWS administrator"
CLUSTER_ADMINISTRATOR = "cluster administrator"
APPLICATION_TEAM = "application team"

CREATED = (
    "IAM role",
    "workload identity pool",
    "workload identity pool provider",
    "service account",
    "Kubernetes service account",
)
"""The kinds that the module creates, and of which Terraform cannot create one that exists."""

INTRODUCTION = """\
# {title}

This folder gives a workload access to Google Cloud with Workload Identity Federation: the workload exchanges its
existing identity for a Google Cloud token. The workload needs no service account key.

wif-wizard {version} exported this folder from `{file}`. The file `setup.yaml` is the source of all other files. To
change the other files, change `setup.yaml`, and export the folder again:

```
wif-wizard export setup.yaml all --out . --yes
```

`--yes` overwrites only files that wif-wizard wrote and that nobody changed. The file `.wif-wizard-export.json` records
what wif-wizard wrote. Commit this file too. No file in this folder contains a secret.
"""
NUMBER = """\
wif-wizard could not read the number of the Google Cloud project. Replace `PROJECT_NUMBER` in these files: {files}.
Alternatively, export the folder again with permission to read the project.
"""
CHANGES = """\
## What this changes

{state}

{grants}

The setup gives no access to other identities. The old service account key continues to work until you disable it.
"""
STATE = (
    'When wif-wizard exported the folder, {pending} of {count} resources needed changes. The column "change" in the '
    'section "Order" shows the changes.'
)
STATE_UNKNOWN = (
    "The folder does not show which resources exist already, because wif-wizard could not read the resources: {reason}"
)
EFFECTS = """\
### Effects on other workloads

{lines}

Google Cloud and AWS do not charge for pools, providers, roles and policies. Google Cloud charges for new nodes and
test pods as usual.
"""
EFFECTS_UNKNOWN = """\
### Effects on other workloads

wif-wizard could not read the resources. To see which identities lose access, and which nodes and pods restart,
run `wif-wizard plan setup.yaml` with permission to read the resources.
"""
NO_EFFECT = "- No running workload restarts, and no identity loses access."
GAIN = "- {text}."
LOSS = "- **Loss of access**: {text}. `apply` and `apply.sh` make this change only with `--accept-loss`."
OWNED = "- {resource}: {tool} manages this resource. Make the change here: {place}."
WAYS = """\
## Choose one tool to apply the setup

| tool | command | use it if |
|---|---|---|
| Terraform | `terraform -chdir=terraform plan` | your team manages IAM with Terraform: see "Terraform" |
| script | `sh apply.sh` | you cannot install wif-wizard; the script needs {programs}; `--only SIDE` applies one side |
| wif-wizard | `wif-wizard apply setup.yaml` | you want a plan, checks after each change, and `wif-wizard revert` |
{manifests}
All tools create the same resources. Use only one tool, because two tools must not manage the same resource.
"""
KUSTOMIZE = """\

**Objects in the cluster**: if you use Terraform, `terraform/kubernetes.tf` creates the namespaces and the Kubernetes
service accounts. If you use kustomize, Helm, Argo CD or Flux for the cluster, use `manifests/` instead, and delete
`terraform/kubernetes.tf` and the `kubernetes` provider in `terraform/providers.tf` and `terraform/versions.tf`:

- `kubectl apply --server-side --kustomize manifests/accounts` creates the namespaces and the Kubernetes
  service accounts. To use the folder in your own kustomization, add `manifests/accounts` to `resources`.
- Add `manifests/patches` to `components` in the kustomization of the workload. For Helm, set the same fields in the
  values or templates of the chart.
"""
ORDER = """\
## Order

Terraform, the script and wif-wizard make the changes in this order. If different people have the permissions for
the sides, each person applies one side, with the option `--only` of `wif-wizard apply` or `apply.sh`. If you use
Terraform, also add the lines for other configurations (see "Terraform") in this order.

| step | resource | change | who |
|---|---|---|---|
{steps}

{after}
"""
AFTER_OUTSIDE = """\
Then the application team:

1. deploys `app/`: the credential configuration, the environment variables and, if your runtime needs it, the credential
   supplier for the auth library. If the table has no job definition, task definition, function or instance, the
   application team also sets the role of the workload in this resource (for ECS the task role, for AWS Batch
   `jobRoleArn`).
2. runs the test: see "Test".
3. disables the old service account key after the application has run without the key:
   `gcloud iam service-accounts keys disable KEY --iam-account=EMAIL`. After that, applications that still use the key
   fail. To enable the key again, run `gcloud iam service-accounts keys enable KEY --iam-account=EMAIL`."""
AFTER_IN_CLUSTER = """\
Then the application team:

1. deploys the workload with the Kubernetes service account. The application needs no code change, and no variable
   `GOOGLE_APPLICATION_CREDENTIALS`.
2. runs the test: see "Test".
3. disables the old service account key, if there is one, after the application has run without the key:
   `gcloud iam service-accounts keys disable KEY --iam-account=EMAIL`. After that, applications that still use the key
   fail. To enable the key again, run `gcloud iam service-accounts keys enable KEY --iam-account=EMAIL`."""
PERMISSIONS = """\
## Permissions

The person who applies the setup needs the permissions in this table, and permission to read the resources in this
table. If CI applies the Terraform module, CI needs the same permissions.

| who | permission | on | predefined role with the permission |
|---|---|---|---|
{rows}
"""
TERRAFORM = """\
## Terraform

- **Versions**: `terraform/versions.tf` has the versions of Terraform and of the providers. Run `terraform
  -chdir=terraform init`, and commit `.terraform.lock.hcl`.
- **State**: the folder `terraform` is a root module without a backend, so Terraform stores the state in a local file.
  Add a file `terraform/backend.tf` with the backend of your team before the first `apply`. To use the folder as a child
  module, delete `providers.tf`, and pass the providers from your root module. {state}
- **Credentials**: the providers use Application Default Credentials and the AWS credential chain. If you sign in as a
  user, set `USER_PROJECT_OVERRIDE=true` and `GOOGLE_BILLING_PROJECT` to the project, because Google Cloud refuses IAM
  calls of users without a quota project.
- **Variables**: `terraform/variables.tf` has a default for each value of this setup. For another environment, write
  another `setup.yaml` and export another folder, because names of roles, pools and members are part of the policies.
- **Labels and tags**: pools, providers and IAM policies cannot have labels.{tags}
- **Terraform manages**: {created}
- **Terraform imports** the resources that wif-wizard created before: {imported}
- **Terraform only reads**: {read}
- **Lines that another configuration must add** are comments in: {lines}
- **Policies**: the module adds members with `*_iam_member` resources, and never replaces a policy.
- **Destroy**: `terraform destroy` deletes the resources that Terraform manages. Terraform does not disable APIs, and
  does not delete resources that it only reads.
{existing}"""
STATE_WITHOUT_SECRET = "The state contains no secret."
STATE_WITH_TOKEN = """\
The state contains
  the access token of the user who ran Terraform last. The token expires after one hour. Use a backend with encryption
  and restricted access."""
AWS_TAGS = " For AWS, add `default_tags` to the provider."
EXISTING = """\
- **Exists already**: {names}. If Terraform did not create these resources in an earlier `apply`, `terraform apply`
  stops with an "already exists" error. In that case, write an `import` block (`terraform destroy` can then also delete
  the resource), or replace the `resource` block with a `data` block.
"""
TEST = """\
## Test

```
wif-wizard test setup.yaml --strict
```

The test runs each step of the credential chain as the workload does. At the end, the test checks each role with calls
to the resources. Exit code 0 means that every step passed. New grants can take 7 minutes or more to become effective.
The test waits for recent grants. `report.md` shows the result of the last test before the export.
{probe}
If a step fails, `wif-wizard doctor setup.yaml` names the cause and the fix, and `wif-wizard doctor setup.yaml --report
doctor.html --anonymise` writes a report that you can send to others.
"""
PROBE = """
To test without wif-wizard, run `kubectl create -f manifests/probe/FILE`. The job runs the same test in a pod with the
Kubernetes service account. `kubectl logs job/NAME` then shows one JSON line for each step. `"status": "ok"` means that
the step passed. Kubernetes deletes the job 5 minutes after the job ends. The pod runs without privileges. The image is
`python:3.13-slim` from Docker Hub: if your nodes cannot pull the image, set `probe.image` in `setup.yaml`, and export
the folder again. The network policies of the namespace must let the pod reach the metadata server and Google APIs,
as they do for the workload itself.
"""
BACK = """\
## Roll back

First deploy the previous version of the application. The old key still works, unless you disabled the key. Then revert
the changes with the tool that you used to apply the setup:

- wif-wizard: `wif-wizard revert` shows a plan, and removes only what wif-wizard added.
- Terraform: revert the commit, or run `terraform destroy`. Lines that you added to other configurations stay.
- script: the script keeps no record. Remove the grants first, then the account or provider, then the pool.

Google Cloud keeps deleted pools, providers and service accounts for 30 days. During these 30 days, you cannot use the
names of deleted pools and providers again, but you can undelete the pools and providers.
"""
CHECKS = """\
## Check the setup regularly

The workflow `{workflow}` runs every weekday, and when you start the workflow manually.
Scheduled workflows run only on the default branch, so pull requests from forks never get credentials. The steps:

- `wif-wizard plan setup.yaml` changes nothing. Exit code 2 means that the resources differ from the setup: apply the
  setup again with the same tool, or change the setup.
- `wif-wizard test setup.yaml --strict` runs the live test, and saves the result as `test.xml` (JUnit).

The workflow needs no secret: GitHub's OIDC token gives the workflow access. `{guide}` contains the commands that
create the identity of the workflow, with the permissions that the workflow needs. The workflow reads these variables of
the repository:

- `WIF_WIZARD_PACKAGE`: the package that `pip install` installs, such as the address and version of your copy of
  wif-wizard
- `GOOGLE_WORKLOAD_IDENTITY_PROVIDER` and `GOOGLE_SERVICE_ACCOUNT`: the identity of the workflow in Google Cloud
{aws}
GitHub reads workflows only at the root of a repository. If the folder is not the root, move the workflow, and add
`working-directory` to its steps. If your policy requires pinned actions, pin the actions to commit SHAs.
"""
CI_AWS = "- `AWS_ROLE`: the ARN of the role of the workflow in AWS\n"
REVIEW = """\
## Review

- **Who gets access**: only the identities in "What this changes". {condition}
- **Least privilege**: `report.md` lists each role on each resource, and what to review at the next audit.
- **Audit**: Cloud Audit Logs name the workload in `protoPayload.authenticationInfo.principalSubject`. To also log token
  exchanges and impersonation, enable Data Access logs for the services `sts.googleapis.com` and `iam.googleapis.com`.
- **Organization policies** can deny a pool or a provider (`iam.workloadIdentityPoolProviders` and
  `iam.workloadIdentityPoolAwsAccounts`), or members of other domains. `wif-wizard doctor` names the policy.
- **Expiry**: tokens expire after one hour or less, and the auth library renews them. You do not need to rotate
  credentials.
- **Owner**: add this folder to `CODEOWNERS`, with the team that owns the workload and the team that owns IAM.
"""
CONDITION_OUTSIDE = (
    "The attribute condition of the provider, in `terraform/google.tf`, accepts this workload, and no other identity "
    "of the AWS account or cluster."
)
CONDITION_IN_CLUSTER = (
    "A member names one Kubernetes service account in one namespace. Kubernetes service accounts with the same "
    "namespace and name are the same identity in all clusters of the project."
)
FILES = """\
## Files

| file | description |
|---|---|
{rows}
"""
