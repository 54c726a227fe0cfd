"""What comes from a cloud, a cluster or a file is hostile until this room has read it or made it visible."""
