"""The commands, one file each; cli.py imports a command only when it runs."""
