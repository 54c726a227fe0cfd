"""The workload does not trust the TLS certificate of a host of Google Cloud.

A proxy inspects TLS, and presents a certificate that the proxy's CA issued. The image does not contain the certificate
of the proxy's CA, or contains no CA certificates.

To see the certificate's issuer, run this command in the workload:

    openssl s_client -connect sts.googleapis.com:443

Fix: add the certificate of the proxy's CA to the image's CA bundle. Set SSL_CERT_FILE and REQUESTS_CA_BUNDLE (Python)
or NODE_EXTRA_CA_CERTS (Node.js) to the path of the CA bundle, or add the certificate to the truststore (Java).
Alternatively, exclude *.googleapis.com from TLS inspection.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"(googleapis\.com|com\.google\.auth|google/auth|google\.auth|oauth2/google)\b"
        r".{0,600}?(certificate signed by unknown authority|CERTIFICATE_VERIFY_FAILED|PKIX path "
        r"building failed|self-signed certificate in certificate chain|SELF_SIGNED_CERT_IN_CHAIN"
        r"|unable to get local issuer certificate|UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
        r"|UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
        side="the network",
        hop="network",
        weight=2,
    ),
    Message(
        pattern=r"(certificate signed by unknown authority|CERTIFICATE_VERIFY_FAILED|PKIX path building "
        r"failed|self-signed certificate in certificate chain|SELF_SIGNED_CERT_IN_CHAIN|unable to "
        r"get local issuer certificate|UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
        r"|UNABLE_TO_VERIFY_LEAF_SIGNATURE).{0,300}?(googleapis\.com|com\.google\.auth)\b",
        side="the network",
        hop="network",
        weight=2,
    ),
)
