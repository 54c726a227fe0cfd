"""The environment of a child process that tests credentials: the way out to the network, and no identity."""

from collections.abc import Iterable, Mapping

_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)

_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def without_identity(environ: Mapping[str, str], also: Iterable[str] = ()) -> dict[str, str]:
    """The variables for programs, certificates and proxies, and those named in `also`; nothing else is kept.

    Loopback is never reached through a proxy: a container endpoint and a sandbox are there.
    """
    kept = {name: environ[name] for name in (*_KEPT, *also) if name in environ}
    trusted = next((environ[name] for name in _CERTIFICATES if environ.get(name)), None)
    if trusted is not None:  # each client reads another variable
        kept = {"SSL_CERT_FILE": trusted, "REQUESTS_CA_BUNDLE": trusted, **kept}
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(filter(None, [kept.get(name), "127.0.0.1", "localhost"]))
    return kept
