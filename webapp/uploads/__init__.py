"""Texts and images as people gave them."""
