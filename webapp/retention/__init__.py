"""What is deleted when."""
