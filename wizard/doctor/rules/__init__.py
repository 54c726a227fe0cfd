"""The rules, one folder for each layer of the chain and one file for each rule."""
