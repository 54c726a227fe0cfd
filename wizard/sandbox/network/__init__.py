"""Where the programs of workloads run: what they find on the network, and how they reach the clouds."""

from .loopback_sites import loopback_site
from .network import Network, Place, Proxy, Service
from .site import Site

__all__ = ["Network", "Place", "Proxy", "Service", "Site", "loopback_site"]
