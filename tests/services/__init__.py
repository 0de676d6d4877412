"""Real servers that a test starts for itself and stops again: Postgres and Redis from Debian's packages."""
