"""The headless commands, one a file; cli.py imports each only when it runs."""
