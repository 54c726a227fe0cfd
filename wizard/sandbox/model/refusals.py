"""How the model refuses a change; the Google side turns each refusal into an error of the API that was called."""


class RefusedError(Exception):
    """The model refuses a change, and nothing was changed; its text says why."""


class InvalidError(RefusedError):
    """A value breaks a rule."""


class UnknownFieldError(InvalidError):
    """A document has a field that its message does not have; `path` is where, empty at the top."""

    def __init__(self, name: str, path: str = "") -> None:
        """Build the text, which is Google's own."""
        place = f" at '{path}'" if path else ""
        super().__init__(f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.')
        self.path = path


class PreconditionError(RefusedError):
    """The change is valid, but not in this state of the world."""


class AlreadyExistsError(RefusedError):
    """The id is in use."""


class StaleEtagError(RefusedError):
    """The policy changed after the caller read it."""
