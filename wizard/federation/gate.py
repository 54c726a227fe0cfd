"""A provider as its token exchange sees it: which identities it admits, and how it maps them."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.federation.aws_identities import Identity
from wizard.federation.mapping import AWS_DEFAULT_MAPPING, Condition, ExpressionError, Mapped
from wizard.federation.mapping import Mapping as AttributeMapping


class Gate:
    """A compiled mapping and condition. An empty condition admits every identity that the mapping can map."""

    def __init__(self, mapping: Mapping[str, str], condition: str = "") -> None:
        """Compile the expressions. Raises ExpressionError for the first that does not compile."""
        self._mapping = AttributeMapping(mapping)
        self._condition = Condition(condition) if condition else None

    def map(self, identity: Identity) -> Mapped:
        """Return the identity after mapping. Raises ExpressionError."""
        return self._mapping.evaluate(identity.assertion)

    def admits(self, identity: Identity) -> bool:
        """Return whether the identity gets a token. An expression that fails admits nobody, as at Google."""
        try:
            mapped = self.map(identity)
            return self._condition is None or self._condition.evaluate(identity.assertion, mapped)
        except ExpressionError:
            return False


def effective(mapping: Mapping[str, str] | None) -> dict[str, str]:
    """Return the mapping that is in effect for an AWS provider with this mapping: the default, if it has none."""
    return dict(mapping or AWS_DEFAULT_MAPPING)
