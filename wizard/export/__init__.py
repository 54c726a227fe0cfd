"""What a setup becomes as text: a script, manifests, files for the application, a report, and a folder with all."""
