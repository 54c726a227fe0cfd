"""A made-up mode: notes on this machine, with a question, a resource, a live test and an export."""
