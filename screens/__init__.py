"""The full-screen face, over the same engine as the headless commands."""
