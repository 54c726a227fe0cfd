"""Every API of the Google side, with the prefix of its URLs."""

from . import (
    bigquery,
    container,
    hierarchy,
    iam_credentials,
    pools,
    resource_manager,
    roles,
    service_accounts,
    service_usage,
    sts,
    token_info,
)
from .gateway import Mount

MOUNTS = (
    Mount("iam", pools.SERVICE, [*service_accounts.ROUTES, *roles.ROUTES, *pools.ROUTES]),
    Mount("iamcredentials", iam_credentials.SERVICE, iam_credentials.ROUTES),
    Mount("sts", sts.SERVICE, sts.ROUTES),
    Mount("cloudresourcemanager", resource_manager.SERVICE, [*resource_manager.ROUTES, *hierarchy.ROUTES]),
    Mount("serviceusage", service_usage.SERVICE, service_usage.ROUTES),
    Mount("container", container.SERVICE, container.ROUTES),
    Mount("bigquery", bigquery.SERVICE, bigquery.ROUTES, quota_project=False),
    Mount("oauth2", token_info.SERVICE, token_info.ROUTES, quota_project=False),
)
