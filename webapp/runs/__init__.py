"""Runs, jobs and results."""
