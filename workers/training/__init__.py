"""Training of the small parts that some methods need, on a person's own labelled files."""
