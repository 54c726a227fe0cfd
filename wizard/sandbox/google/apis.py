"""Every API of the Google side, with the prefix of its URLs."""

from . import (
    asset_search,
    bigquery,
    bound_policies,
    container,
    deny_policies,
    folder_changes,
    hierarchy,
    iam_credentials,
    logging,
    policy_analyzer,
    pools,
    project_changes,
    resource_manager,
    roles,
    service_accounts,
    service_usage,
    storage,
    sts,
    thing_policies,
    token_info,
)
from .gateway import Mount

_IAM = [
    *service_accounts.ROUTES,
    *roles.ROUTES,
    *pools.ROUTES,
    *deny_policies.ROUTES,
    *bound_policies.ROUTES,
]
_MANAGER = [*resource_manager.ROUTES, *project_changes.ROUTES, *hierarchy.ROUTES, *folder_changes.ROUTES]

MOUNTS = (
    Mount(
        "iam",
        pools.SERVICE,
        [*service_accounts.ROUTES, *roles.ROUTES, *pools.ROUTES, *deny_policies.ROUTES, *bound_policies.ROUTES],
    ),
    Mount("iamcredentials", iam_credentials.SERVICE, iam_credentials.ROUTES),
    Mount("sts", sts.SERVICE, sts.ROUTES, strict=False),
    Mount("cloudresourcemanager", resource_manager.SERVICE, _MANAGER),
    Mount("serviceusage", service_usage.SERVICE, service_usage.ROUTES),
    Mount("container", container.SERVICE, container.ROUTES),
    Mount("bigquery", bigquery.SERVICE, bigquery.ROUTES, quota_project=False, strict=False),
    Mount("storage", storage.SERVICE, storage.ROUTES, quota_project=False, strict=False),
    *(Mount(name, f"{name}.googleapis.com", routes) for name, routes in thing_policies.SERVICES.items()),
    Mount("logging", logging.SERVICE, logging.ROUTES),
    Mount("cloudasset", asset_search.SERVICE, asset_search.ROUTES),
    Mount("policyanalyzer", policy_analyzer.SERVICE, policy_analyzer.ROUTES),
    Mount("oauth2", token_info.SERVICE, token_info.ROUTES, quota_project=False, strict=False),
    Mount("accounts", token_info.ACCOUNTS, token_info.ACCOUNTS_ROUTES, quota_project=False, strict=False),
)
