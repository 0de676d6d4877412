"""Links to runs."""
