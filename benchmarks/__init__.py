"""Side-by-side measurements: every figure beside its rival's, from one run of one machine.

A module here that has a function `rows()` is a benchmark; `python -m benchmarks [NAME …]` prints their rows.
"""
