"""How well a model's uncertainty tells right answers from wrong ones, on a file of labelled answers."""
