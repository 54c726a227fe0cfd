"""What can be found out: defaults on this machine, and live lists from Google Cloud, each with its source."""
