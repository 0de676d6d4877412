"""Drawings: each takes data and paint and gives a `Picture`."""
