"""Recipes that train the built-in models, each runnable again."""
