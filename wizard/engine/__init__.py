"""The order of things: diff, plan, apply, verify, record. Knows no kind of resource and no cloud."""
