"""The resources that the wizard creates and changes, one file for each kind."""
