"""What the workers can run."""
