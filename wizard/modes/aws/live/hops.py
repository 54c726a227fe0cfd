"""The hops from AWS to Google Cloud, in their order."""

from wizard.chain.hop import EXCHANGE, IMPERSONATION, NETWORK, PERMISSION, Hop

TASK = Hop("task", "One-off task")
"""Only of a test in a one-off task, job or function: whether its program started."""
CONFIG = Hop("config", "Credential configuration")
AWS_CREDENTIALS = Hop("aws-credentials", "AWS credentials found")
CALLER_IDENTITY = Hop("caller-identity", "AWS caller identity")
PRINCIPAL = Hop("principal", "Predicted principal", predicts=True)
APPLICATION = Hop("application", "The application's library", ends_test=True)
DEFINITION = Hop("definition", "The workload's definition")
"""Only of a setup that names one: whether it gives the workload its role. It is read, whatever came of the others."""

PROBED = (CONFIG, AWS_CREDENTIALS, CALLER_IDENTITY, PRINCIPAL, EXCHANGE, IMPERSONATION, PERMISSION)
"""The hops that the probe runs here, as the workload. The predicted principal is computed between two of them."""

PROBED_INSIDE = (*PROBED[:2], NETWORK, *PROBED[2:])
"""The hops that the probe runs in the workload itself, whose network the network of this machine says nothing about."""

HOPS = (*PROBED, APPLICATION)
"""The live test of a workload on AWS, run here."""
