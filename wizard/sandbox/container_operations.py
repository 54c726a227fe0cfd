"""The operations of the Container API: a name now, the effect when they are done, progress in between."""

from dataclasses import dataclass


@dataclass
class ContainerOperation:
    """One operation on a cluster or on a node pool."""

    name: str
