"""E-mails of Google service accounts."""

_SUFFIX = ".iam.gserviceaccount.com"


def email_of(name: str, project: str) -> str:
    """The e-mail of a service account, named by its name in a project or by its e-mail."""
    return name if "@" in name else f"{name}@{_email_domain(project)}{_SUFFIX}"


def project_of(email: str, default: str) -> str:
    """The id of the project that a service account lives in; `default` where its e-mail names none."""
    _, _, domain = email.partition("@")
    project = domain.removesuffix(_SUFFIX)
    if project == domain or not project:
        return default
    first, _, organisation = project.partition(".")
    return f"{organisation}:{first}" if organisation else project


def _email_domain(project: str) -> str:
    """A project's part of e-mails: "example.com:app" becomes "app.example.com"."""
    domain, _, name = project.rpartition(":")
    return f"{name}.{domain}" if domain else project
