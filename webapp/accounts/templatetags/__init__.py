"""How the pages of accounts write numbers and times."""
