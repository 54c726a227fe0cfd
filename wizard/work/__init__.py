"""The use cases: what commands and screens do, as data and callbacks; nothing here prints."""
