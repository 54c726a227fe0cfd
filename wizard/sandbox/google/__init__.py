"""The Google side of the sandbox: one file per service, and the gateway that every call passes."""
