"""The provider is for an AWS account other than the account of the workload.

An AWS provider has one account ID, and accepts only credentials of that account. The workload runs in a different
account, or uses access keys of a different account.

To confirm this cause, compare aws.accountId of the provider with the output of this command in the workload:

    aws sts get-caller-identity

Fix: use a provider for the workload's account. To create a provider, write the name of a new provider in the setup,
then run wif-wizard apply. Do not change the account of a provider that other workloads use.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Compare the account of the provider with the account of the workload."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="workload identity pool provider", key="account"),)
