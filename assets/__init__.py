"""Files that ship with the wizard: scenarios, styles, help."""
