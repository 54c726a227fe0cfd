"""Convert between names and emails of Google service accounts."""

_SUFFIX = ".iam.gserviceaccount.com"


def email_of(name: str, project: str) -> str:
    """Return the email of a service account, given its name in `project` or its email."""
    return name if "@" in name else f"{name}@{_email_domain(project)}{_SUFFIX}"


def project_of(email: str, default: str) -> str:
    """Return the ID of a service account's project; `default` if the email does not name a project."""
    _, _, domain = email.partition("@")
    project = domain.removesuffix(_SUFFIX)
    if project == domain or not project:
        return default
    first, _, organisation = project.partition(".")
    return f"{organisation}:{first}" if organisation else project


def located(name: str | None, project: str) -> tuple[str, str] | None:
    """Return the project ID and the email of a service account, given its name or email; None without a name."""
    if name is None:
        return None
    email = email_of(name, project)
    return project_of(email, project), email


def _email_domain(project: str) -> str:
    """Return a project's part of an email domain: "example.com:app" becomes "app.example.com"."""
    domain, _, name = project.rpartition(":")
    return f"{name}.{domain}" if domain else project
