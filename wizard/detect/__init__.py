"""Detects defaults on this machine, and reads live lists from Google Cloud."""
