"""The modes of the wizard. Each mode has a folder with everything that only it knows."""
