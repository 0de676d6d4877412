"""Limits per account, group and address, changed while the site runs."""
