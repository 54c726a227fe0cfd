"""The audience names the pool, not the provider.

A pool can have several providers, so the token service needs the name of one. The audience ends after the name of the
pool, without /providers/PROVIDER.

The error text is the same as for any other audience of a wrong form. To see the difference, look at the end of the
field "audience".

Fix: add /providers/PROVIDER to the audience, or generate the credential configuration again with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = 'Look at the end of the field "audience" of the credential configuration.'
ASK = questions.CONFIGURATION
