"""The parts of the HTML page: each gives markup."""
