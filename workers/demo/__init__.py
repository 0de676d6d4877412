"""The built-in models: the micro-world they live in, the recipes that train them, and their weights."""
