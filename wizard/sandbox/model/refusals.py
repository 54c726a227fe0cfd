"""How the model refuses a change; the Google side turns each refusal into an error of the API that was called."""


class RefusedError(Exception):
    """The model refuses a change, and nothing was changed; its text says why."""


class InvalidError(RefusedError):
    """A value breaks a rule."""


class PreconditionError(RefusedError):
    """The change is valid, but not in this state of the world."""


class AlreadyExistsError(RefusedError):
    """The id is in use."""


class StaleEtagError(RefusedError):
    """The policy changed after the caller read it."""
