"""Take the hops of a credential from a workload to Google Cloud, and print one JSON object a hop.

This file runs alone, on Python 3.8 and its standard library: in a child process here, inside the workload, or in a
one-off task or pod whose command carries it. Its request is one JSON document: first argument, else `WIF_PROBE`, else
`REQUEST`, which only a printed copy has, else stdin.

    form                  aws (default): AWS credentials are found and exchanged; token: a token at hand is exchanged;
                          gke: in a pod, whose metadata server gives the token; file: a file that the configuration
                          names has the token, as in a pod on EKS
    config | config_file  the credential configuration, or its path; without both: GOOGLE_APPLICATION_CREDENTIALS;
    file_first            GOOGLE_APPLICATION_CREDENTIALS goes before `config`, which its file is compared with
    header                {...}: printed first, with the time and the version of Python, as a line with the key "probe"
    network               {"hosts": [...]}: form aws and gke: also whether these hosts and those of the tokens answer
                          form token: audience, subject_token_type, token_url and service_account_impersonation_url
    subject_token         form token: the token at hand
    identities            form gke: the metadata server must name one of them as its service account's email
    metadata_patience     form gke: for how many seconds a silent metadata server may only be not ready yet
    permissions           [{"project": ID, "permissions": [...]}]: each that the project can test must be held;
                          another resource has its name as "project", and "url" and "method" of its permission test
    bigquery              {"project": ID, "location": null, "table": null}: also dry-run `SELECT 1`, from the table
    endpoints             {"resource_manager": URL, "bigquery": URL up to and with /bigquery/v2}
    container_host        where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is served
    link_local            false: never ask a link-local address (another machine's metadata services)
    application           {"supplier": true or false}, form aws and file: at last, google-auth gets and uses a token, if
                          it is installed; supplier: with the AWS keys from botocore, as google-auth does not find them
    settle                {hop: {"age": seconds, "limit": seconds}}: a refusal there can mean that a grant is recent

A line holds hop, status (ok, failed, skipped, not_proven; settling while a recent grant is waited for, waiting while
the metadata server is), elapsed (seconds), sent, received, evidence and error {code, message}, and no secrets.
Exit: 0 all ok, 1 not, 64 no request.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import hmac
import http.client
import ipaddress
import json
import os
import re
import site
import socket
import ssl
import stat
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

REQUEST: str | None = None
FORMAT = 1  # of the output

HOPS = {
    "aws": ("config", "aws-credentials", "network", "caller-identity", "exchange", "impersonation", "permission"),
    "token": ("exchange", "impersonation", "permission"),
    "gke": ("metadata-server", "token", "network", "permission"),
    "file": ("config", "subject-token", "network", "exchange", "impersonation", "permission"),
}
CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
IAM_SCOPE = "https://www.googleapis.com/auth/iam"  # google-auth asks for it when it goes on to impersonate
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"
JWT_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:jwt"
AWS_TOKEN_TYPE = "urn:ietf:params:aws:token-type:aws4_request"
AUDIENCE = re.compile(
    r"//iam\.googleapis\.com/projects/\d+/locations/global/workloadIdentityPools/[^/]+/providers/[^/]+"
)
STS_HOST = re.compile(r"([a-z0-9-]+[.-])?sts([.-][a-z0-9-]+)*\.googleapis\.com")
IAM_CREDENTIALS_HOST = re.compile(r"([a-z0-9-]+[.-])?iamcredentials([.-][a-z0-9-]+)*\.googleapis\.com")
AWS_STS_HOST = re.compile(
    r"sts(-fips)?(\.(\{region\}|[a-z0-9-]+))?\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.com\.cn)"
)
IMPERSONATION_PATH = re.compile(
    r"/v1/projects/-/serviceAccounts/([^/@:\s'\"]+@[^/@:\s'\"]+|[0-9]{15,25}):generateAccessToken"
)
CONTAINER_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost")  # botocore's list
POD_IDENTITY_HOSTS = ("169.254.170.23", "fd00:ec2::23")  # the agent on each node of EKS
ROLE = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
EMAIL = re.compile(r"[^\s<>{}\"]{1,200}")
METADATA = "http://169.254.169.254"
GOOGLE_METADATA = "metadata.google.internal"
SERVICE_ACCOUNT_PATH = "/computeMetadata/v1/instance/service-accounts/default/"
FLAVOR = {"Metadata-Flavor": "Google"}
NO_SUCH_POD = "Unable to find pod"  # the GKE metadata server has not heard of the pod yet
METADATA_IPV6 = "http://[fd00:ec2::254]"
EC2_ROLES = "/latest/meta-data/iam/security-credentials/"
HIDDEN = "(hidden)"
LARGEST_FILE = 4 * 1024 * 1024
PROJECTS_AT_ONCE = 32
PERMISSIONS_AT_ONCE = 100  # the most that testIamPermissions takes
CONNECT_SECONDS = 5
VIPS = {  # https://docs.cloud.google.com/vpc/docs/configure-private-google-access#domain-options
    "restricted": ("199.36.153.4/30", "2600:2d00:2:1000::/64"),
    "private": ("199.36.153.8/30", "2600:2d00:2:2000::/64"),
}
PERMISSION_WORDS = {"held": "is granted on", "missing": "is not granted on", "untestable": "cannot be tested on"}


class Refusal(Exception):  # noqa: N818 - the clouds' word
    """A hop that did not succeed: a code, the words of whoever refused, and what was seen on the way."""

    def __init__(self, code: str, message: str, status: int = 0, **seen: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.seen = code, message, status, seen


class Answer(NamedTuple):
    """An HTTP answer; `body` is text, the names of `headers` are in lower case."""

    status: int
    body: str
    headers: Mapping[str, str] = {}
    host: str = ""


class Keys(NamedTuple):
    """AWS credentials and where they were found; `hints` tell the role, the session and the expiry where known."""

    access_key_id: str
    secret_access_key: str
    token: str | None
    source: str
    hints: dict[str, Any]


class Profile(NamedTuple):
    """One AWS profile: its name, its section of the config file and of the credentials file."""

    name: str
    config: dict[str, str]
    credentials: dict[str, str]


class Seen(NamedTuple):
    """What a hop sent, received and noticed; secrets may be in it, they are removed when it is printed."""

    sent: dict[str, Any]
    received: dict[str, Any]
    evidence: list[str]
    status: str = "ok"


# --- HTTP ------------------------------------------------------------------------------------------------------------


def host_address(url: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that the URL names, if its host is one."""
    try:
        return ipaddress.ip_address(urllib.parse.urlsplit(url).hostname or "")
    except ValueError:
        return None


def aws_domain(region: str) -> str:
    """The domain of AWS's API hosts for a region: China and the European Sovereign Cloud have their own."""
    domains = {"cn": "amazonaws.com.cn", "eusc": "amazonaws.eu"}
    return domains.get(region.partition("-")[0], "amazonaws.com")


def is_metadata(url: str) -> bool:
    """Whether the URL's host is a link-local address, or AWS's IPv6 counterpart of one."""
    address = host_address(url)
    return address is not None and (address.is_link_local or str(address).startswith("fd00:ec2:"))


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine."""
    address = host_address(url)
    return urllib.parse.urlsplit(url).hostname == "localhost" or (address is not None and address.is_loopback)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry tokens to a host that nobody checked."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


def fetch(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float | None = None,
) -> Answer:
    """One HTTP call, whatever its status; 2 s for metadata services, 30 s for others. Raises Refusal(UNREACHABLE)."""
    handlers: list[Any] = [NoRedirects()]
    host = urllib.parse.urlsplit(url).netloc
    timeout = timeout or (2 if is_metadata(url) else 30)
    if is_metadata(url) or is_loopback(url) or urllib.parse.urlsplit(url).hostname == GOOGLE_METADATA:
        handlers.append(urllib.request.ProxyHandler({}))
    if url.startswith("https:") and ".amazonaws." in url and os.environ.get("AWS_CA_BUNDLE"):
        context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
        handlers.append(urllib.request.HTTPSHandler(context=context))
    try:
        request = urllib.request.Request(url, data=body, headers=dict(headers or {}), method=method)
        opener = urllib.request.build_opener(*handlers)
        with opener.open(request, timeout=timeout) as answer:
            return Answer(answer.status, answer.read().decode("utf-8", "replace"), lower(answer.headers), host)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode("utf-8", "replace"), lower(error.headers), host)
    except http.client.HTTPException:  # its text would show what it could not read
        raise Refusal("UNREACHABLE", f"{host}: the server's response is incomplete, or is not HTTP") from None
    except OSError as error:
        raise Refusal("UNREACHABLE", "{}: {}".format(host, getattr(error, "reason", error))) from None
    except ValueError:  # its text would show the header: a token with a line break in it
        raise Refusal(
            "IllegalHeader",
            "an access key or a token contains a line break or a special character, so the live test cannot send "
            "the request",
        ) from None


def lower(headers: Any) -> dict[str, str]:
    """The headers by their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def decoded(answer: Answer) -> dict[str, Any]:
    """The JSON object in the answer. Raises Refusal(UNREADABLE), which never quotes it: it can have tokens."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise unreadable(answer)
    return document


def unreadable(answer: Answer) -> Refusal:
    """The refusal for an answer of another form than expected. Its status can still say that it is temporary."""
    message = (
        f"the live test could not read the response from {answer.host} (HTTP {answer.status}): "
        "a proxy might have truncated or replaced the response"
    )
    return Refusal("UNREADABLE", message, answer.status)


def token_in(document: Mapping[str, Any], key: str, url: str) -> str:
    """The token in an answer. Raises Refusal(UNREADABLE) where there is none that could be sent."""
    token = document.get(key)
    if isinstance(token, str) and token.isprintable() and token.strip():
        return token
    host = urllib.parse.urlsplit(url).netloc
    raise Refusal("UNREADABLE", f"the response from {host} does not contain a usable {key}")


def plain(answer: Answer) -> str:
    """The words of a metadata service's refusal, which are one short line of text and no page of a proxy."""
    words = answer.body.strip()
    return words[:1000] if words and "<" not in words and "{" not in words else f"HTTP {answer.status}"


def google_refusal(answer: Answer, **seen: Any) -> Refusal:
    """Google's own words: its APIs' error object, or the OAuth error of the token service."""
    try:
        document = decoded(answer)
    except Refusal as refusal:
        return Refusal(f"HTTP {answer.status}", refusal.message, answer.status, **seen)
    error = document.get("error")
    if isinstance(error, dict):
        reasons = [
            str(item["reason"]) for item in error.get("details", []) if isinstance(item, dict) and "reason" in item
        ]
        code = str(error.get("status") or f"HTTP {answer.status}")
        evidence = ["reason " + reason for reason in reasons]
        return Refusal(code, str(error.get("message", "")), answer.status, evidence=evidence, **seen)
    return Refusal(str(error), str(document.get("error_description", "")), answer.status, **seen)


# --- Signature Version 4 ---------------------------------------------------------------------------------------------


def canonical_query(query: str) -> str:
    """The query string as Signature Version 4 wants it: decoded once, encoded strictly, sorted."""
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    encoded = sorted([urllib.parse.quote(part, safe="-_.~") for part in pair] for pair in pairs)
    return "&".join("=".join(pair) for pair in encoded)


def signing_key(secret: str, *scope: str) -> bytes:
    """The key for one day, region and service: an HMAC chain over the scope."""
    key = ("AWS4" + secret).encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def sign(url: str, keys: Keys, region: str, amz_date: str, body: bytes = b"", **more: str) -> dict[str, str]:
    """Headers of a signed POST to AWS STS, in the order in which google-auth sends them; `more` is signed too."""
    parts = urllib.parse.urlsplit(url)
    headers = {"host": parts.netloc, "x-amz-date": amz_date}
    headers.update({name.replace("_", "-"): value for name, value in more.items()})
    if keys.token:
        headers["x-amz-security-token"] = keys.token
    names = sorted(headers)
    canonical = "\n".join(
        ["POST", parts.path or "/", canonical_query(parts.query)]
        + [f"{name}:{headers[name].strip()}" for name in names]
        + ["", ";".join(names), hashlib.sha256(body).hexdigest()]
    )
    scope = (amz_date[:8], region, "sts", "aws4_request")
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", amz_date, "/".join(scope), digest])
    signature = hmac.new(signing_key(keys.secret_access_key, *scope), text.encode(), hashlib.sha256).hexdigest()
    authorization = "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}".format(
        keys.access_key_id, "/".join(scope), ";".join(names), signature
    )
    return {"Authorization": authorization, **headers}


def subject_token(url: str, audience: str, keys: Keys, region: str, amz_date: str) -> str:
    """The signed GetCallerIdentity request that Google replays, serialised as google-auth does."""
    headers = sign(url, keys, region, amz_date)
    headers["x-goog-cloud-target-resource"] = audience
    pairs = [{"key": name, "value": value} for name, value in headers.items()]
    document = {"url": url, "method": "POST", "headers": pairs}
    return urllib.parse.quote(json.dumps(document, separators=(",", ":"), sort_keys=True))


# --- AWS credentials, as botocore finds them -------------------------------------------------------------------------


class Finder:
    """Looks for AWS credentials and the region in one environment."""

    def __init__(self, environ: Mapping[str, str], container_host: str, link_local: bool) -> None:
        self.environ, self.container_host, self.link_local = environ, container_host, link_local

    def find(self) -> Keys:
        """The first source, in botocore's order, that has any. Raises Refusal when one breaks or none has."""
        profile = self.profile()
        for source in (self.environment, lambda: self.profile_keys(profile), self.container, self.instance):
            keys = source()
            if keys:
                return keys
        if self.lone_secret():
            raise Refusal("PartialCredentials", "Partial credentials found in env, missing: AWS_ACCESS_KEY_ID")
        raise Refusal("NoCredentials", "Unable to locate credentials")

    def lone_secret(self) -> bool:
        """Whether the environment has a secret key without its ID, which botocore and google-auth pass over."""
        return bool(self.environ.get("AWS_SECRET_ACCESS_KEY")) and not self.environ.get("AWS_ACCESS_KEY_ID")

    def environment(self) -> Keys | None:
        """Environment keys; half a pair is an error, as in botocore."""
        key_id, secret = self.environ.get("AWS_ACCESS_KEY_ID"), self.environ.get("AWS_SECRET_ACCESS_KEY")
        if not key_id:
            return None
        if not secret:
            raise Refusal("PartialCredentials", "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY")
        token = self.environ.get("AWS_SESSION_TOKEN") or self.environ.get("AWS_SECURITY_TOKEN")
        hints = {"expires": self.environ.get("AWS_CREDENTIAL_EXPIRATION")}
        return Keys(key_id, secret, token, "environment", hints)

    def profile(self) -> Profile:
        """The chosen profile as the config file and the credentials file know it. Raises Refusal(ProfileNotFound)."""
        named = self.environ.get("AWS_PROFILE") or self.environ.get("AWS_DEFAULT_PROFILE")
        name = named or "default"
        config = read_ini(self.environ.get("AWS_CONFIG_FILE") or "~/.aws/config")
        shared = read_ini(self.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials")
        section = config.get("profile " + name) or (config.get("default") if name == "default" else None)
        if named and section is None and name not in shared:
            raise Refusal("ProfileNotFound", f"The config profile ({name}) could not be found")
        return Profile(name, section or {}, shared.get(name, {}))

    def profile_keys(self, profile: Profile) -> Keys | None:
        """Static keys of the profile; what needs a further call or a program is named, not followed."""
        both = {**profile.config, **profile.credentials}
        if "role_arn" in both and ("source_profile" in both or "credential_source" in both):
            role_arn = both["role_arn"]
            raise Refusal("UnfollowedProfile", f"Profile {profile.name} assumes {role_arn}")
        if both.get("web_identity_token_file") or self.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
            role = self.environ.get("AWS_ROLE_ARN") or both.get("role_arn") or "(no role)"
            raise Refusal("WebIdentity", f"The role comes from a web identity token (IRSA): {role}")
        for kind, values in (("credentials", profile.credentials), ("config", profile.config)):
            if values.get("aws_access_key_id"):
                return profile_keys(values, {"profile": profile.name, "file": kind})
        for setting in ("sso_session", "sso_start_url", "login_session", "credential_process"):
            if setting in both:
                raise Refusal("UnfollowedProfile", f"Profile {profile.name} uses {setting}")
        return None

    def container(self) -> Keys | None:
        """ECS container credentials, or EKS Pod Identity's; the URL must be one that botocore accepts."""
        relative = self.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        full = self.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if relative is None and full is None:
            return None
        url = self.container_host + relative if relative is not None else str(full)
        host = urllib.parse.urlsplit(url).hostname
        if relative is None and not (url.startswith("https:") or is_loopback(url) or host in CONTAINER_HOSTS):
            raise Refusal("UnsupportedHost", f"Unsupported host '{host}' for container credentials")
        try:
            document = self.container_document(url, {"Accept": "application/json", **self.container_token()})
        except Refusal as refusal:
            if host in POD_IDENTITY_HOSTS and refusal.code != "NotAsked":
                raise Refusal("PodIdentity", refusal.message, refusal.status) from None
            raise
        arn = str(document.get("RoleArn") or "")
        source = "container endpoint (relative URI)" if relative is not None else "container endpoint (full URI)"
        # Without a token the path is all that guards the credentials: never shown.
        return keys_of(document, source, {"role": arn or None, "host": urllib.parse.urlsplit(url).netloc})

    def container_token(self) -> dict[str, str]:
        """The Authorization header for the container endpoint, from the file or the variable, if any."""
        path = self.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        token = self.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if path is not None:
            try:
                token = read_file(path)
            except OSError as error:
                raise Refusal("TokenFile", f"{path}: {error.strerror or error}") from None
            except UnicodeDecodeError:
                raise Refusal("TokenFile", f"{path} is not a text file") from None
        if token is None:
            return {}
        if "\r" in token or "\n" in token:
            raise Refusal("TokenFile", "Auth token value is not a legal header value")
        return {"Authorization": token}

    def container_document(self, url: str, headers: dict[str, str]) -> dict[str, Any]:
        """What the endpoint says; its own failures are asked again twice, refusals are not."""
        for last in (False, False, True):
            answer = self.ask("GET", url, headers)
            if answer.status == 200:
                return decoded(answer)
            if answer.status < 500 or last:
                break
            time.sleep(0.5)
        message = f"Received non 200 response {answer.status} from container metadata: {plain(answer)}"
        raise Refusal("ContainerCredentials", message, answer.status)

    def instance(self) -> Keys | None:
        """The EC2 instance role over IMDSv2, and over IMDSv1 where no token is given out."""
        if self.environ.get("AWS_EC2_METADATA_DISABLED", "false").lower() == "true":
            return None
        base = self.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or (
            METADATA_IPV6 if self.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") == "ipv6" else METADATA
        )
        try:
            headers = self.instance_token(base.rstrip("/") + "/latest/api/token")
            url = base.rstrip("/") + EC2_ROLES
            role = self.ask("GET", url, headers)
            if role.status != 200 or not ROLE.fullmatch(role.body.strip()):
                return None
            answer = self.ask("GET", url + role.body.strip(), headers)
        except Refusal as refusal:
            if refusal.code in ("UNREACHABLE", "NotAsked"):
                return None
            raise
        document = decoded(answer) if answer.status == 200 else {}
        return keys_of(document, "instance metadata", {"role": role.body.strip(), "host": base}) if document else None

    def instance_token(self, url: str) -> dict[str, str]:
        """The IMDSv2 session header; empty where the service knows no tokens."""
        answer = self.ask("PUT", url, {"x-aws-ec2-metadata-token-ttl-seconds": "300"})
        return {"x-aws-ec2-metadata-token": answer.body} if answer.status == 200 else {}

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """A call to a metadata service; link-local ones only where the request allows it."""
        if is_metadata(url) and not self.link_local:
            host = urllib.parse.urlsplit(url).netloc
            raise Refusal("NotAsked", f"the live test does not call {host} from this machine")
        return fetch(method, url, headers)

    # What google-auth would do with the same environment and the file's credential_source.

    def google_auth(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """Where google-auth alone would find credentials, and the role there; `words` are its own if it finds none."""
        if self.environ.get("AWS_ACCESS_KEY_ID") and self.environ.get("AWS_SECRET_ACCESS_KEY"):
            return {"source": "environment"}
        try:
            headers = self.session_token(source)
            if not source.get("url"):
                return {
                    "source": None,
                    "words": "Unable to determine the AWS metadata server security credentials endpoint",
                }
            role = self.ask("GET", source["url"], headers)
        except Refusal as refusal:
            not_asked = source.get("url") if refusal.code == "NotAsked" else None
            return {"source": None, "words": refusal.message, "not_asked": not_asked}
        if role.status != 200:
            return {"source": None, "words": "Unable to retrieve AWS role name " + plain(role)}
        if not ROLE.fullmatch(role.body.strip()):
            return {"source": None, "words": "Unable to retrieve AWS role name: the answer is not the name of a role"}
        return {"source": "instance metadata", "role": role.body.strip(), "url": source["url"]}

    def session_token(self, source: Mapping[str, Any]) -> dict[str, str]:
        """The IMDSv2 header as google-auth gets it, when the file names the URL. Raises Refusal in its words."""
        if not source.get("imdsv2_session_token_url"):
            return {}
        header = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
        answer = self.ask("PUT", source["imdsv2_session_token_url"], header)
        if answer.status != 200:
            raise Refusal("ImdsToken", "Unable to retrieve AWS Session Token: " + plain(answer))
        return {"X-aws-ec2-metadata-token": answer.body}

    def region(self, source: Mapping[str, Any]) -> tuple[str, str]:
        """The region and where it came from, as google-auth decides it. Raises Refusal(NoRegion)."""
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            value = self.environ.get(name)
            if value is not None:
                if not value:  # google-auth takes the empty string and signs for the host sts..amazonaws.com
                    raise Refusal("NoRegion", f"{name} is set but empty")
                return value, name
        if not source.get("region_url"):
            raise Refusal("NoRegion", "Unable to determine AWS region")
        try:
            answer = self.ask("GET", source["region_url"], self.session_token(source))
        except Refusal as refusal:
            raise Refusal("NoRegion", "Unable to determine AWS region: " + refusal.message) from None
        if answer.status != 200:
            raise Refusal("NoRegion", "Unable to retrieve AWS region: " + plain(answer))
        if not REGION.fullmatch(answer.body[:-1]):
            raise Refusal("NoRegion", "the response from region_url is not the name of an availability zone")
        return answer.body[:-1], "region_url"


def served_here(keys: Keys, alone: Mapping[str, Any]) -> bool:
    """Whether google-auth alone gets the container's own credentials from serve-credentials, or a server like it."""
    if not is_loopback(str(alone.get("url"))) or not keys.source.startswith("container "):
        return False
    role = str(keys.hints.get("role") or "").rpartition("/")[2]
    return str(alone.get("role")) == (role or "container-role")


def read_ini(path: str) -> dict[str, dict[str, str]]:
    """Sections of an AWS file; a missing file is empty. Raises Refusal(ConfigParse)."""
    parser = configparser.RawConfigParser(default_section="(none)", strict=False)
    try:
        parser.read_string(read_file(os.path.expanduser(path)))  # noqa: PTH111 - one call for a path as text
    except OSError:
        return {}
    except (configparser.Error, UnicodeDecodeError):
        raise Refusal("ConfigParse", f"Unable to parse config file: {path}") from None
    return {" ".join(name.replace('"', "").split()): dict(parser.items(name)) for name in parser.sections()}


def profile_keys(values: Mapping[str, str], hints: dict[str, Any]) -> Keys:
    """Static keys from one section. Raises Refusal(PartialCredentials)."""
    secret = values.get("aws_secret_access_key")
    if not secret:
        profile = hints["profile"]
        raise Refusal("PartialCredentials", f"Profile {profile} has no aws_secret_access_key")
    token = values.get("aws_session_token") or values.get("aws_security_token")
    return Keys(values["aws_access_key_id"], secret, token, "profile", hints)


def keys_of(document: Mapping[str, Any], source: str, hints: dict[str, Any]) -> Keys:
    """Credentials from a metadata service's JSON. Raises Refusal with the service's own code when it has none."""
    missing = [name for name in ("AccessKeyId", "SecretAccessKey", "Token") if not document.get(name)]
    if missing:
        code = str(document.get("Code") or document.get("code") or "IncompleteCredentials")
        message = str(document.get("Message") or document.get("message") or "no " + ", ".join(missing))
        raise Refusal(code, message)
    hints = dict(hints, expires=document.get("Expiration"))
    return Keys(document["AccessKeyId"], document["SecretAccessKey"], document["Token"], source, hints)


# --- The metadata server of a pod on GKE -----------------------------------------------------------------------------


class MetadataServer:
    """Google's metadata server, at the hosts at which the auth libraries look for it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        named = environ.get("GCE_METADATA_HOST")
        by_address = environ.get("GCE_METADATA_IP") or "169.254.169.254"
        self.hosts = [named] if named else [GOOGLE_METADATA, by_address]
        self.silent: dict[str, str] = {}

    def ask(self, name: str, timeout: float) -> tuple[str, Answer]:
        """What the default service account's `name` is: the URL that answered, and its answer.

        Raises Refusal(UNREACHABLE) when none does, Refusal(NotMetadata) when something else does.
        """
        self.silent = {}
        for host in self.hosts:
            url = "http://" + host + SERVICE_ACCOUNT_PATH + name
            try:
                answer = fetch("GET", url, FLAVOR, timeout=timeout)
            except Refusal as refusal:
                if refusal.code != "UNREACHABLE":
                    raise
                self.silent[host] = refusal.message
                continue
            if answer.status == 200 and answer.headers.get("metadata-flavor") != "Google":
                raise Refusal("NotMetadata", f"the server at {host} is not Google's metadata server", sent={"url": url})
            self.hosts = [host, *(each for each in self.hosts if each != host)]
            return url, answer
        raise Refusal("UNREACHABLE", "; ".join(self.silent.values()), sent={"hosts": list(self.hosts)})


# --- The network, from inside the workload ---------------------------------------------------------------------------


class Refused(OSError):  # noqa: N818 - what the proxy did
    """A proxy does not open a tunnel."""


def reach(host: str) -> dict[str, Any]:
    """How far a connection to the host gets: its name, TCP, a proxy's tunnel, TLS. The key `code` is there if it fails.

    Codes: NoName, Timeout, UnknownIssuer, ProxyRefused, Unreachable; `words` are those of the system.
    """
    found: dict[str, Any] = {"host": host}
    try:
        with ssl.create_default_context().wrap_socket(connected(host, found), server_hostname=host) as secure:
            pairs = [pair for relative in (secure.getpeercert() or {}).get("issuer", ()) for pair in relative]
            names = {str(pair[0]): str(pair[1]) for pair in pairs}
            return dict(found, issuer=names.get("organizationName") or names.get("commonName"))
    except ssl.SSLCertVerificationError as error:
        return dict(found, code="UnknownIssuer", words=error.verify_message, issuer=unverified_issuer(host))
    except socket.gaierror as error:
        code, words = "NoName", error.strerror
    except TimeoutError:
        code, words = "Timeout", f"the host did not answer within {CONNECT_SECONDS} s"
    except Refused as error:
        code, words = "ProxyRefused", str(error)
    except (OSError, ValueError) as error:  # ValueError: a proxy's URL with a port that is none
        code, words = "Unreachable", str(getattr(error, "strerror", None) or error)
    return dict(found, code=code, words=words)


def connected(host: str, found: dict[str, Any]) -> socket.socket:
    """A connection on which TLS with the host can begin; `found` gets its address and its proxy. Raises OSError."""
    url = None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get("https")
    if not url:
        return connection(host, 443, found)
    parts = urllib.parse.urlsplit(url if "://" in url else "http://" + url)
    found["proxy"] = f"{parts.hostname}:{parts.port or 80}"
    tunnel = connection(parts.hostname or "", parts.port or 80, found)
    try:
        lines = [f"CONNECT {host}:443 HTTP/1.1", f"Host: {host}:443"]
        if parts.username:
            pair = urllib.parse.unquote(parts.username) + ":" + urllib.parse.unquote(parts.password or "")
            lines.append("Proxy-Authorization: Basic " + base64.b64encode(pair.encode()).decode())
        tunnel.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head and len(head) < 65536:
            more = tunnel.recv(4096)
            if not more:
                break
            head += more
        status = head.split(b"\r\n", 1)[0].decode("ascii", "replace")
        if " 200" not in status:
            raise Refused(status[:200] or "the proxy closed the connection")
    except OSError:
        tunnel.close()
        raise
    return tunnel


def connection(host: str, port: int, found: dict[str, Any]) -> socket.socket:
    """TCP to a host, by its first address of each family; `found` gets the address. Raises OSError."""
    by_family: dict[int, Any] = {}
    for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        by_family.setdefault(entry[0], entry)
    failure = OSError("the host name has no IP address")
    for family, kind, protocol, _, address in by_family.values():
        found["address"] = address[0]
        attempt = socket.socket(family, kind, protocol)
        attempt.settimeout(CONNECT_SECONDS)
        try:
            attempt.connect(address)
        except OSError as error:
            attempt.close()
            failure = error
        else:
            return attempt
    raise failure


def unverified_issuer(host: str) -> str | None:
    """Who issued the certificate that the system does not trust; None if that cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is sent over it
    try:
        with context.wrap_socket(connected(host, {}), server_hostname=host) as secure:
            return issuer_in(secure.getpeercert(True) or b"")
    except (OSError, ValueError, LookupError, StopIteration):
        return None


def issuer_in(certificate: bytes) -> str | None:
    """The issuer's name in a DER certificate: its common name, else its organization."""
    _, body = next(der(next(der(certificate))[1]))
    serial_algorithm_issuer = [value for tag, value in der(body) if tag != 0xA0]  # 0xA0: the version
    names = {}
    for _, relative in der(serial_algorithm_issuer[2]):
        for _, pair in der(relative):
            (_, kind), (_, value) = der(pair)
            names[kind] = value.decode("utf-8", "replace")
    return names.get(b"\x55\x04\x03") or names.get(b"\x55\x04\x0a")


def der(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and the content of each element of a DER structure. Raises IndexError if it is cut off."""
    at = 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 0x80:
            digits, at = data[at : at + size - 0x80], at + size - 0x80
            size = int.from_bytes(digits, "big")
        yield tag, data[at : at + size]
        at += size


def vip_of(address: str | None) -> str | None:
    """Which of Google's virtual IP addresses for private access it is: restricted or private."""
    for name, networks in VIPS.items():
        for network in map(ipaddress.ip_network, networks):
            if address and ipaddress.ip_address(address.partition("%")[0]) in network:
                return name
    return None


def reach_words(found: Mapping[str, Any]) -> str:
    """One sentence on how far a connection got."""
    host, address, proxy = found["host"], found.get("address"), found.get("proxy")
    place = f"the proxy {proxy}" if proxy else str(address)
    if "code" not in found:
        issuer = found.get("issuer")
        if proxy:
            return f"{host} answered through the proxy {proxy}; the TLS certificate is from {issuer}"
        return f"{host} answered at {address}; the TLS certificate is from {issuer}"
    words = found["words"]
    if found["code"] == "UnknownIssuer":
        issuer = found.get("issuer") or "an unknown issuer"
        return f"{host}: {words}; the TLS certificate is from {issuer}"
    return f"{host}: {words} ({place})" if address or proxy else f"{host}: {words}"


# --- The configuration -----------------------------------------------------------------------------------------------


def host_allowed(url: object, known: Any) -> bool:
    """Whether the URL leads to a known host over https."""
    if not isinstance(url, str):
        return False
    parts = urllib.parse.urlsplit(url)
    return parts.scheme == "https" and parts.netloc == parts.hostname and bool(known.fullmatch(parts.hostname or ""))


def config_problems(config: Mapping[str, Any], form: str = "aws") -> Iterator[str]:
    """What is wrong with a credential configuration for AWS, or for a token in a file; no server is asked."""
    source = config.get("credential_source")
    if config.get("type") != "external_account":
        kind = config.get("type")
        yield f"the type is {kind!r}, not external_account"
        return
    if not isinstance(source, dict) or "executable" in source:
        yield "credential_source names an executable" if isinstance(source, dict) else "credential_source is missing"
        return
    audience, token_url = config.get("audience"), config.get("token_url")
    if not AUDIENCE.fullmatch(str(audience)):
        yield f"audience is not a provider's full resource name with the project number: {audience}"
    token_type = JWT_TOKEN_TYPE if form == "file" else AWS_TOKEN_TYPE
    if config.get("subject_token_type") != token_type:
        yield "subject_token_type is not " + token_type
    if not host_allowed(token_url, STS_HOST):
        yield f"token_url does not name a known token host: {token_url}"
    impersonation = config.get("service_account_impersonation_url")
    if impersonation is not None and not host_allowed(impersonation, IAM_CREDENTIALS_HOST):
        yield f"service_account_impersonation_url does not name a known host: {impersonation}"
    elif impersonation is not None and impersonation.endswith(":generateIdToken"):
        yield f"service_account_impersonation_url returns ID tokens, not access tokens: {impersonation}"
    elif impersonation is not None and not IMPERSONATION_PATH.search(urllib.parse.unquote(impersonation)):
        yield f"service_account_impersonation_url does not name a service account: {impersonation}"
    if form != "file":
        yield from source_problems(source)
    elif not isinstance(source.get("file"), str):
        yield "credential_source.file does not name a file"


def source_problems(source: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a credential_source for AWS."""
    if source.get("environment_id") != "aws1":
        yield "credential_source.environment_id is not aws1"
    if not host_allowed(source.get("regional_cred_verification_url"), AWS_STS_HOST):
        yield "credential_source.regional_cred_verification_url is not the https URL of an AWS STS host"
    for name in ("url", "region_url", "imdsv2_session_token_url"):
        url = source.get(name)
        if url is not None and urllib.parse.urlsplit(str(url)).hostname in CONTAINER_HOSTS[:3]:
            yield (
                f"credential_source.{name} is the credentials endpoint of ECS and EKS, "
                f"which google-auth does not read: {url}"
            )
        elif url is not None and not (is_metadata(str(url)) or is_loopback(str(url))):
            yield f"credential_source.{name} is not the URL of a metadata service: {url}"


# --- The hops --------------------------------------------------------------------------------------------------------


class Probe:
    """The hops, for one request in one environment."""

    def __init__(self, request: Mapping[str, Any], environ: Mapping[str, str], say: Callable[[str], None]) -> None:
        self.request, self.environ, self.say = request, environ, say
        container_host = request.get("container_host") or "http://169.254.170.2"
        self.finder = Finder(environ, container_host, request.get("link_local", True))
        self.metadata = MetadataServer(environ)
        self.settle: dict[str, dict[str, float]] = dict(request.get("settle") or {})
        self.endpoints: dict[str, str] = dict(request.get("endpoints") or {})
        self.config: dict[str, Any] = dict(request["config"]) if request.get("form") == "token" else {}
        self.asked_since: float | None = None  # when the hop was first refused
        self.keys: Keys | None = None
        self.region = ""
        self.token = ""
        self.subject_jwt = ""
        self.secrets: dict[str, str] = {}

    def run(self) -> bool:
        """Take every hop in order and print each; whether all of them were ok."""
        steps: dict[str, Callable[[], Seen]] = {
            "config": self.read_config,
            "aws-credentials": self.find_credentials,
            "caller-identity": self.caller_identity,
            "exchange": self.exchange,
            "impersonation": self.impersonate,
            "permission": self.permission,
            "metadata-server": self.find_metadata_server,
            "token": self.metadata_token,
            "network": self.network,
            "subject-token": self.read_token,
            "application": self.application,
        }
        if self.request.get("header") is not None:
            now, version = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), sys.version.split()[0]
            header = {"probe": FORMAT, "time": now, "python": version, **self.request["header"]}
            self.say(json.dumps(header))
        failed = ""
        for hop in (*HOPS[self.request.get("form") or "aws"], "application"):
            if hop in ("network", "application") and not self.request.get(hop):
                continue
            if failed:
                self.line(hop, "skipped", evidence=[failed + " failed"])
            elif not self.take(hop, steps[hop]):
                failed = hop
        return not failed

    def take(self, hop: str, step: Callable[[], Seen]) -> bool:
        """One hop, retried while a refusal can be temporary; False if it failed."""
        started, pause, attempt = time.monotonic(), 0.1, 0
        self.asked_since = None
        while True:
            attempt += 1
            try:
                seen = self.taken(step)
            except Refusal as refusal:
                elapsed = time.monotonic() - started
                error = {"code": refusal.code, "message": refusal.message}
                if not self.passing(hop, refusal, elapsed, attempt):
                    self.line(hop, "failed", elapsed, error=error, attempts=attempt, **refusal.seen)
                    return False
                self.asked_since = started
                if self.not_ready(hop, refusal):
                    self.line(hop, "waiting", elapsed, error=error, attempts=attempt)
                else:
                    age = self.settle.get(hop, {}).get("age", 0.0) + elapsed
                    self.line(
                        hop, "settling", elapsed, error=error, attempts=attempt, age=round(age, 1), **refusal.seen
                    )
                time.sleep(pause)
                pause = min(pause * 2, 0.8)  # with the call itself within a second
            else:
                fields = {"sent": seen.sent, "received": seen.received, "evidence": seen.evidence}
                self.line(hop, seen.status, time.monotonic() - started, attempts=attempt, **fields)
                return True

    def taken(self, step: Callable[[], Seen]) -> Seen:
        """What a hop brings. An answer that has values of other types than the cloud gives is a Refusal too."""
        try:
            return step()
        except (TypeError, KeyError, ValueError, AttributeError, RecursionError) as error:
            kind = type(error).__name__
            raise Refusal(
                "UNREADABLE", f"a server's response or a file contains a value of an unexpected type ({kind})"
            ) from None

    def passing(self, hop: str, refusal: Refusal, elapsed: float, attempt: int) -> bool:
        """Whether to retry: a busy server twice, a refusal for as long as a recent grant explains it.

        A metadata server that does not answer is retried for as long as it may be starting.
        """
        if self.not_ready(hop, refusal):
            return elapsed < float(self.request.get("metadata_patience", 30.0))
        if refusal.status == 429 or refusal.status >= 500:
            return attempt < 3
        settle = self.settle.get(hop, {"age": 0.0, "limit": 0.0})
        explained = refusal.status in (403, 404) or refusal.code in ("invalid_target", "unauthorized_client", "MISSING")
        return explained and settle["age"] + elapsed < settle["limit"]

    def not_ready(self, hop: str, refusal: Refusal) -> bool:
        """Whether this is how a metadata server sounds in a pod's first seconds."""
        if hop not in ("metadata-server", "token"):
            return False
        silent = refusal.code == "UNREACHABLE" or refusal.status >= 500 or NO_SUCH_POD in refusal.message
        return silent or (hop == "metadata-server" and refusal.status in (404, 429))

    def line(self, hop: str, status: str, elapsed: float = 0.0, **fields: Any) -> None:
        """Print one hop, with every known secret taken out of every text in it."""
        record: dict[str, Any] = {"hop": hop, "status": status, "elapsed": round(elapsed, 3)}
        record.update({"sent": {}, "received": {}, "evidence": [], "error": None})
        record.update(fields)
        self.say(json.dumps(self.masked(record)))

    def hide(self, secret: str | None, shown: str = HIDDEN) -> None:
        """Never print this text."""
        if secret:
            self.secrets[secret] = shown
            self.secrets[urllib.parse.quote(secret, safe="")] = shown

    def masked(self, value: Any) -> Any:
        """The same value with known secrets and every signature replaced."""
        if isinstance(value, dict):
            return {key: self.masked(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.masked(item) for item in value]
        if not isinstance(value, str):
            return value
        for secret in sorted(self.secrets, key=len, reverse=True):
            value = value.replace(secret, self.secrets[secret])
        return re.sub(r"Signature=[0-9a-f]{16,}", "Signature=" + HIDDEN, value)

    def read_config(self) -> Seen:
        """The configuration, from the request or its file, and the form of every field that directs the client."""
        config = self.request.get("config")
        path = self.request.get("config_file") or self.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
        evidence, expected, status = [], None, "ok"
        if self.request.get("file_first") and config is not None:
            if path:
                expected, config = config, None
            else:
                status = "not_proven"
                evidence = [
                    "GOOGLE_APPLICATION_CREDENTIALS is not set, so "
                    "the test used the credential configuration in the probe script"
                ]
        if config is None:
            config = load_config(path)
            evidence = [f"the live test read the file {path}"]
        if not isinstance(config, dict):
            name = path or "the credential configuration"
            raise Refusal("ConfigError", f"{name} is not a JSON object")
        problems = list(config_problems(config, self.request.get("form") or "aws"))
        if problems:
            raise Refusal("ConfigError", "; ".join(problems), evidence=problems)
        self.config = config
        names = ("audience", "token_url", "service_account_impersonation_url", "credential_source", "universe_domain")
        _, pool, _, provider = config["audience"].rsplit("/", 3)
        evidence.insert(
            0, f"the credential configuration is valid, and names the provider {provider} in the pool {pool}"
        )
        both = {*(expected or {}), *config} if expected else set()
        differing = ", ".join(sorted(name for name in both if expected and expected.get(name) != config.get(name)))
        if differing:
            evidence.append(
                f"these fields of {path} differ from the probe script's credential configuration: {differing}"
            )
        return Seen({}, {name: config[name] for name in names if name in config}, evidence, status)

    def read_token(self) -> Seen:
        """The token in the file that the configuration names, and what it says of itself."""
        source = self.config["credential_source"]
        path, field = source["file"], (source.get("format") or {}).get("subject_token_field_name")
        try:
            text = read_file(path)
            token = str(json.loads(text)[field]) if field else text.strip()
            claims = jwt_claims(token)
        except OSError as error:
            raise Refusal("TokenFile", f"{path}: {error.strerror or error}", evidence=self.roles_unread()) from None
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Refusal("TokenFile", f"{path} does not contain a JWT", evidence=self.roles_unread()) from None
        self.subject_jwt = token
        self.hide(token)
        received = {name: claims.get(name) for name in ("iss", "sub", "aud", "iat", "exp")}
        issuer, subject, audience, expires = (claims.get(name) for name in ("iss", "sub", "aud", "exp"))
        left = int(expires) - int(time.time()) if isinstance(expires, (int, float)) else None
        audiences = ", ".join(map(str, audience)) if isinstance(audience, list) else audience
        evidence = [
            f"the live test read the file {path}",
            f"the token has the issuer {issuer}, the subject {subject} and the audience {audiences}",
        ]
        if left is not None:
            evidence.append(f"the token expires in {left} s" if left > 0 else f"the token expired {-left} s ago")
        return Seen({"file": path}, received, evidence + self.roles_unread())

    def roles_unread(self) -> list[str]:
        """The IAM role that the pod has beside its token, which no auth library of Google reads."""
        role = self.environ.get("AWS_ROLE_ARN")
        if self.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
            return [f"the pod also has the IAM role {role} (IRSA), which Google's auth libraries do not use"]
        url = self.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI") or ""
        if urllib.parse.urlsplit(url).hostname in POD_IDENTITY_HOSTS:
            return ["the pod also has an IAM role (EKS Pod Identity), which Google's auth libraries do not use"]
        return []

    def find_credentials(self) -> Seen:
        """AWS credentials as botocore finds them, the region, and what google-auth alone would have found."""
        try:
            keys = self.keys = self.finder.find()
        except Refusal as refusal:
            if refusal.code == "WebIdentity":  # a trap: google-auth goes on to the node's role
                alone = self.finder.google_auth(self.config["credential_source"])
                refusal.seen["evidence"] = [google_auth_words(alone, False)]
            raise
        self.hide(keys.secret_access_key)
        self.hide(keys.token)
        for name in ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
            self.hide(self.environ.get(name))
        shown = f"{keys.access_key_id[:4]}... ({len(keys.access_key_id)} characters)"
        self.hide(keys.access_key_id, shown)
        received: dict[str, Any] = {name: value for name, value in keys.hints.items() if value}
        received.update(source=keys.source, access_key_id=shown, session_token=HIDDEN if keys.token else None)
        alone = self.finder.google_auth(self.config["credential_source"])
        role = keys.hints.get("role") if keys.source == "instance metadata" else None
        same = (alone["source"], alone.get("role")) == (keys.source, role)
        if served_here(keys, alone):
            alone, same = dict(alone, source="serve-credentials"), True
        received["google_auth"] = dict(alone, same=same)
        source, until = keys.source, keys.hints.get("expires")
        words = f"the AWS credentials are from {source}"
        if until:
            words = f"the AWS credentials are from {source}, and are valid until {until}"
        evidence = [words, google_auth_words(alone, same)]
        if self.finder.lone_secret():
            evidence.append("boto3 and google-auth ignore AWS_SECRET_ACCESS_KEY, because AWS_ACCESS_KEY_ID is not set")
        try:
            self.region, origin = self.finder.region(self.config["credential_source"])
        except Refusal as refusal:
            refusal.seen.update(received=received, evidence=evidence)
            raise
        received["region"] = self.region
        return Seen({}, received, [*evidence, f"the region {self.region} is from {origin}"])

    def network(self) -> Seen:
        """Whether the hosts of the tokens and of the target can be reached: name, TCP, a proxy's tunnel, TLS."""
        named = [self.config.get("token_url"), self.config.get("service_account_impersonation_url")]
        tested = self.request.get("permissions") or []
        named += [target["url"] for target in tested if target.get("url")]
        if any(not target.get("url") for target in tested):
            named.append(self.endpoints.get("resource_manager") or "https://cloudresourcemanager.googleapis.com")
        if self.request.get("bigquery"):
            named.append(self.endpoints.get("bigquery") or "https://bigquery.googleapis.com")
        named += ["https://" + host for host in self.request["network"].get("hosts") or ()]
        urls = [url for url in named if url and url.startswith("https:") and not is_loopback(url)]
        hosts = list(dict.fromkeys(urllib.parse.urlsplit(url).hostname or "" for url in urls))
        with ThreadPoolExecutor(PROJECTS_AT_ONCE) as threads:
            found = [dict(each, vip=vip_of(each.get("address"))) for each in threads.map(reach, hosts)]
        evidence = [reach_words(each) for each in found]
        sent, received = {"hosts": hosts}, {"hosts": found}
        failed = [each for each in found if "code" in each]
        if not failed:
            return Seen(sent, received, evidence, "ok" if found else "skipped")
        codes = {each["code"] for each in failed}
        if len(failed) == len(found) and codes <= {"Timeout", "Unreachable"}:
            code = "NoWayOut"
        elif len(failed) == len(found) and codes == {"NoName"}:
            code = "NoNames"
        else:
            code = failed[0]["code"]
        raise Refusal(code, "; ".join(map(reach_words, failed)), sent=sent, received=received, evidence=evidence)

    def caller_identity(self) -> Seen:
        """Who AWS says the credentials are: a signed GetCallerIdentity."""
        assert self.keys is not None
        url = self.environ.get("AWS_ENDPOINT_URL_STS") or self.environ.get("AWS_ENDPOINT_URL")
        url = (url or f"https://sts.{self.region}.{aws_domain(self.region)}").rstrip("/") + "/"
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
        form = "application/x-www-form-urlencoded; charset=utf-8"
        headers = sign(url, self.keys, self.region, amz_now(), body, content_type=form)
        sent = {"url": url, "action": "GetCallerIdentity", "authorization": headers["Authorization"]}
        try:
            answer = fetch("POST", url, headers, body)
        except Refusal as refusal:
            refusal.seen["sent"] = sent
            if refusal.code == "UNREACHABLE" and self.request.get("network"):
                why = (
                    "the token exchange can work even if the workload cannot call AWS STS, because Google makes this "
                    "call"
                )
                return Seen(sent, {}, [refusal.message, why], "not_proven")
            raise
        fields = xml_fields(answer.body)
        if answer.status != 200 and "Code" in fields:
            raise Refusal(fields["Code"], fields.get("Message", ""), answer.status, sent=sent)
        if answer.status != 200 or not {"Account", "Arn", "UserId"} <= set(fields):
            unread = unreadable(answer)
            unread.seen["sent"] = sent
            raise unread
        arn = fields["Arn"]
        received = {"account": fields["Account"], "arn": arn, "userid": fields["UserId"]}
        return Seen(sent, received, [f"AWS identifies the caller as {arn}"])

    def exchange(self) -> Seen:
        """The token exchange, with the form that google-auth sends."""
        scope = IAM_SCOPE if self.config.get("service_account_impersonation_url") else CLOUD_PLATFORM
        subject, shown = self.subject()
        self.hide(subject)
        form = {
            "grant_type": GRANT_TYPE,
            "audience": self.config["audience"],
            "scope": scope,
            "requested_token_type": ACCESS_TOKEN_TYPE,
            "subject_token": subject,
            "subject_token_type": self.config["subject_token_type"],
        }
        sent = dict(form, url=self.config["token_url"], **shown)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        document = self.google("POST", self.config["token_url"], headers, urllib.parse.urlencode(form).encode(), sent)
        self.token = token_in(document, "access_token", self.config["token_url"])
        self.hide(self.token)
        received = {name: document.get(name) for name in ("token_type", "issued_token_type", "expires_in")}
        seconds = document.get("expires_in")
        evidence = [f"the token service issued a federated token that is valid for {seconds} s"]
        return Seen(sent, dict(received, access_token=HIDDEN), evidence)

    def subject(self) -> tuple[str, dict[str, Any]]:
        """The token to exchange, and what may be shown of its making."""
        if self.request.get("form") == "token":
            return str(self.request.get("subject_token")), {}
        if self.subject_jwt:
            return self.subject_jwt, {}
        assert self.keys is not None
        source = self.config["credential_source"]
        url = source["regional_cred_verification_url"].replace("{region}", self.region)
        return subject_token(url, self.config["audience"], self.keys, self.region, amz_now()), {"signed_request": url}

    def find_metadata_server(self) -> Seen:
        """As whom the metadata server identifies the pod. In a pod's first seconds it is not ready, and waited for."""
        url, answer = self.metadata.ask("email", 2)
        email, server = answer.body.strip(), answer.headers.get("server")
        sent = {"url": url, "headers": FLAVOR}
        if answer.status != 200:
            raise Refusal(f"HTTP {answer.status}", plain(answer), answer.status, sent=sent)
        if not EMAIL.fullmatch(email):
            raise unreadable(answer)
        received = {"email": email, "server": server}
        evidence = [f"the metadata server identifies the pod as {email}"]
        if self.asked_since is not None:
            waited = time.monotonic() - self.asked_since
            evidence.append(f"the metadata server was not ready at first, and answered after {waited:.1f} s")
        wanted = self.request.get("identities") or [email]
        if email not in wanted:
            expected = " or ".join(wanted)
            message = f"the metadata server identifies the pod as {email}, not as {expected}"
            raise Refusal("OtherIdentity", message, sent=sent, received=received, evidence=evidence)
        unresolved = [words for words in self.metadata.silent.values() if "[Errno -" in words]  # of name resolution
        return Seen(sent, received, [*evidence, *unresolved], "not_proven" if unresolved else "ok")

    def metadata_token(self) -> Seen:
        """The access token that the metadata server gives the pod."""
        url, answer = self.metadata.ask("token", 20)
        sent = {"url": url, "headers": FLAVOR}
        if answer.status != 200:
            raise Refusal(f"HTTP {answer.status}", plain(answer), answer.status, sent=sent)
        document = decoded(answer)
        self.token = token_in(document, "access_token", url)
        self.hide(self.token)
        received = {"access_token": HIDDEN, "expires_in": document.get("expires_in")}
        seconds = document.get("expires_in")
        evidence = [f"the metadata server issued a token that is valid for {seconds} s"]
        if self.asked_since is not None:
            waited = time.monotonic() - self.asked_since
            evidence.append(f"the metadata server denied the first requests, and issued the token after {waited:.1f} s")
        return Seen(sent, received, evidence)

    def impersonate(self) -> Seen:
        """The service account's token, if the configuration names one."""
        url = self.config.get("service_account_impersonation_url")
        if not url:
            reason = "the credential configuration does not name a service account, so access is direct"
            return Seen({}, {}, [reason], "skipped")
        lifetime = (self.config.get("service_account_impersonation") or {}).get("token_lifetime_seconds") or 3600
        body = {"delegates": None, "scope": [CLOUD_PLATFORM], "lifetime": f"{lifetime}s"}
        document = self.post(url, body)
        self.token = token_in(document, "accessToken", url)
        self.hide(self.token)
        email = urllib.parse.unquote(url.rsplit("/", 1)[-1].rsplit(":", 1)[0])
        received = {"accessToken": HIDDEN, "expireTime": document.get("expireTime"), "service_account": email}
        expiry = document.get("expireTime")
        return Seen(dict(body, url=url), received, [f"Google Cloud issued a token for {email}, valid until {expiry}"])

    def permission(self) -> Seen:
        """The permissions on the target that the token really has, and a BigQuery dry run where asked for."""
        sent: dict[str, Any] = {"permissions": [], "bigquery": None}
        received: dict[str, Any] = {kind: [] for kind in PERMISSION_WORDS}
        evidence: list[str] = []
        targets = self.request.get("permissions") or []
        with ThreadPoolExecutor(PROJECTS_AT_ONCE) as threads:
            answers = list(threads.map(self.test_permissions, targets))
        for answer in answers:
            project = answer["project"]
            sent["permissions"].append({"url": answer["url"], "permissions": answer["wanted"]})
            for kind, words in PERMISSION_WORDS.items():
                for permission in answer[kind]:
                    received[kind].append({"project": project, "permission": permission})
                    evidence.append(f"{permission} {words} {project}")
        if received["missing"]:
            message = "these permissions are not granted: " + ", ".join(
                item["permission"] for item in received["missing"]
            )
            raise Refusal("MISSING", message, sent=sent, received=received, evidence=evidence)
        if self.request.get("bigquery"):
            self.dry_run(self.request["bigquery"], sent, received, evidence)
        if not (received["held"] or sent["bigquery"]):
            return Seen(sent, received, [*evidence, "the live test could not check any permission"], "not_proven")
        return Seen(sent, received, evidence)

    def application(self) -> Seen:
        """The token that google-auth gets, as the application does, and one use of it."""
        site.main()  # finds what is installed, which the option -S leaves out
        config, region, way = dict(self.config), self.region, "only the credential configuration"
        try:
            import google.auth.transport.requests
            from google.auth import aws, exceptions, identity_pool

            if self.request["application"]["supplier"]:
                import botocore.session

                class Supplier(aws.AwsSecurityCredentialsSupplier):  # since version 2.29
                    def get_aws_security_credentials(self, *_: Any) -> Any:
                        keys = botocore.session.get_session().get_credentials().get_frozen_credentials()
                        return aws.AwsSecurityCredentials(*keys[:3])

                    def get_aws_region(self, *_: Any) -> str:
                        return region

                del config["credential_source"]
                config["aws_security_credentials_supplier"] = Supplier()
                way = "an AwsSecurityCredentialsSupplier backed by botocore"
        except (ImportError, AttributeError) as error:
            return Seen({}, {"missing": str(error)}, [], "not_proven")
        library: Any = identity_pool if self.request.get("form") == "file" else aws
        credentials = library.Credentials.from_info(config, scopes=[CLOUD_PLATFORM])
        way = f"google-auth {google.auth.__version__} with {way}"
        try:
            credentials.refresh(google.auth.transport.requests.Request())
        except exceptions.GoogleAuthError as error:  # its other arguments are the answer itself
            words = str((*error.args, "")[0])
            code = type(error).__name__
            raise Refusal(code, "" if "{" in words else words, sent={"way": way}) from None
        self.token, expiry = credentials.token, credentials.expiry
        self.hide(self.token)
        self.request = dict(self.request, permissions=(self.request.get("permissions") or [])[:1])
        evidence = [f"{way} got a token that is valid until {expiry:%Y-%m-%dT%H:%M:%SZ}"]
        return Seen({"way": way}, {}, evidence, self.permission().status)

    def test_permissions(self, target: Mapping[str, Any]) -> dict[str, Any]:
        """projects.testIamPermissions for one project: which permissions are held, missing, and untestable there."""
        base = self.endpoints.get("resource_manager") or "https://cloudresourcemanager.googleapis.com"
        of_project = "{}/v1/projects/{}:testIamPermissions".format(base.rstrip("/"), target["project"])
        url, method = target.get("url") or of_project, target.get("method") or "POST"
        wanted = list(target["permissions"])
        found: dict[str, Any] = {"project": target["project"], "url": url, "wanted": wanted}
        found.update({kind: [] for kind in PERMISSION_WORDS})
        for start in range(0, len(wanted), PERMISSIONS_AT_ONCE):
            self.test_batch(method, url, wanted[start : start + PERMISSIONS_AT_ONCE], found)
        return found

    def test_batch(self, method: str, url: str, batch: list[str], found: dict[str, Any]) -> None:
        """One call, and again without the permissions that a 400 names; where it names none, in two halves."""
        while batch:
            try:
                held = self.held(method, url, batch)
            except Refusal as refusal:
                if refusal.status != 400:
                    raise
                named = named_in(refusal.message, batch) or (batch if len(batch) == 1 else [])
                if not named:
                    self.test_batch(method, url, batch[: len(batch) // 2], found)
                    batch = batch[len(batch) // 2 :]
                found["untestable"] += named
                batch = [permission for permission in batch if permission not in named]
            else:
                for permission in batch:
                    found["held" if permission in held else "missing"].append(permission)
                return

    def held(self, method: str, url: str, batch: list[str]) -> list[str]:
        """Those of the permissions that the token has. Cloud Storage is asked with GET, all others with POST."""
        if method == "POST":
            return list(self.post(url, {"permissions": batch}).get("permissions", []))
        asked = url + "?" + urllib.parse.urlencode({"permissions": batch}, doseq=True)
        headers = {"Authorization": "Bearer " + self.token}
        return list(self.google("GET", asked, headers, b"", {"url": url, "permissions": batch}).get("permissions", []))

    def dry_run(
        self, target: Mapping[str, Any], sent: dict[str, Any], received: dict[str, Any], evidence: list[str]
    ) -> None:
        """A query that costs nothing and proves that BigQuery takes the token."""
        base = self.endpoints.get("bigquery") or "https://bigquery.googleapis.com/bigquery/v2"
        url = "{}/projects/{}/queries".format(base.rstrip("/"), target["project"])
        table = target.get("table")
        query = f"SELECT 1 FROM `{table}`" if table else "SELECT 1"
        body = {"query": query, "useLegacySql": False, "dryRun": True}
        if target.get("location"):
            body["location"] = target["location"]
        sent["bigquery"] = dict(body, url=url)
        document = self.post(url, body, sent)
        received["bigquery"] = {"totalBytesProcessed": document.get("totalBytesProcessed")}
        project = target["project"]
        evidence.append(f"BigQuery accepted a dry run of {query} in {project}")

    def post(self, url: str, body: Mapping[str, Any], sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A Google API call with the token at hand and no quota project, as the application makes it."""
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.token}
        return self.google("POST", url, headers, json.dumps(body).encode(), sent or dict(body, url=url))

    def google(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, sent: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A call to Google that raises Refusal in Google's words, with what was sent."""
        try:
            answer = fetch(method, url, headers, body)
            if answer.status == 200:
                return decoded(answer)
        except Refusal as refusal:
            refusal.seen["sent"] = dict(sent)
            raise
        raise google_refusal(answer, sent=dict(sent))


def named_in(message: str, permissions: list[str]) -> list[str]:
    """Those of the permissions that the message names as whole words."""
    return [each for each in permissions if re.search(r"(?<![\w.])" + re.escape(each) + r"(?![\w]|\.\w)", message)]


def load_config(path: str | None) -> Any:
    """The JSON in the file. Raises Refusal(ConfigError)."""
    if not path:
        raise Refusal(
            "ConfigError", "the test has no credential configuration, because GOOGLE_APPLICATION_CREDENTIALS is not set"
        )
    try:
        return json.loads(read_file(path))
    except FileNotFoundError:
        raise Refusal("ConfigError", f"File {path} was not found.") from None
    except OSError as error:
        reason = error.strerror or error
        raise Refusal("ConfigError", f"the live test could not read {path}: {reason}") from None
    except (ValueError, RecursionError):
        raise Refusal("ConfigError", f"{path} is not a JSON file") from None


def jwt_claims(token: str) -> dict[str, Any]:
    """The claims of a JWT, whose signature is not checked. Raises ValueError, AttributeError for another text."""
    _, payload, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if not isinstance(claims, dict) or not token.isprintable():
        raise ValueError("no JWT")
    return claims


def read_file(path: str) -> str:
    """The text of a regular file of at most 4 MB; never waits for a pipe or a device. Raises OSError, ValueError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("the path is not a regular file")
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise OSError("the file is larger than 4 MB")
    return content.decode("utf-8")


def google_auth_words(alone: Mapping[str, Any], same: bool) -> str:
    """One sentence on what google-auth alone would have done."""
    url, words, source, role = alone.get("not_asked"), alone.get("words"), alone["source"], alone.get("role")
    if url:
        return (
            f"without wif-wizard, google-auth would find no access keys in the environment, and would call {url}; this "
            "test does not call that URL"
        )
    if source is None:
        return f"without wif-wizard, google-auth would find no credentials: {words}"
    place = f"{source} (role {role})" if role else source
    return (
        f"without wif-wizard, google-auth would use the same source: {place}"
        if same
        else f"without wif-wizard, google-auth would use another source: {place}"
    )


def xml_fields(text: str) -> dict[str, str]:
    """The leaves of an AWS query-protocol answer by their local names; empty when it is no XML."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return {}
    return {item.tag.rsplit("}", 1)[-1]: (item.text or "").strip() for item in root.iter() if not len(item)}


def amz_now() -> str:
    """The time as Signature Version 4 writes it."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())


def say(line: str) -> None:
    """Print a line at once, so that a reader sees each hop as it happens."""
    print(line, flush=True)


def main(arguments: list[str]) -> int:
    """Read the request and take the hops; the exit code is 0 if every hop was ok, 1 if not, 64 without a request."""
    text = arguments[0] if arguments else os.environ.get("WIF_PROBE") or REQUEST or sys.stdin.read()
    try:
        request = json.loads(text)
    except ValueError:
        request = None
    if not isinstance(request, dict) or (request.get("form") or "aws") not in HOPS:
        print("probe: the request is not a JSON object", file=sys.stderr)
        return 64
    return 0 if Probe(request, os.environ, say).run() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
