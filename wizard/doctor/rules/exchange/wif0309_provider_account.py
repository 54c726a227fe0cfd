"""The provider is for a different AWS account than the workload's.

An AWS provider has one account ID, and accepts only credentials of that account. The workload runs in another account,
or its access keys are of another one.

To see both, compare aws.accountId of the provider with the answer in the workload to:

    aws sts get-caller-identity

Fix: use a provider for the workload's account: write the name of a new provider in the setup, then run wif-wizard
apply. Do not change the account of a provider that others use.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Compare the account of the provider with the account of the workload."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="workload identity pool provider", key="account"),)
