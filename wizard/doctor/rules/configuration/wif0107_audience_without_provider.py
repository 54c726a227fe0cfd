"""The audience names the pool, not the provider.

A workload identity pool can have several providers, so the token service needs the name of the provider. The audience
ends after the name of the pool, without /providers/PROVIDER.

The error text is the same for every audience that has the wrong format. To confirm this cause, look at the end of the
field "audience".

Fix: add /providers/PROVIDER to the audience, or generate the credential configuration again with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = 'Look at the end of the field "audience" of the credential configuration.'
ASK = questions.CONFIGURATION
