"""The use cases that commands and screens share. They return data and report through callbacks; none of them prints."""
