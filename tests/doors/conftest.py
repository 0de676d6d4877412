"""The site's fixtures, for those who attack it."""

from tests.webapp.conftest import catalogue, commits, house, limited, person, picture, stranger, wakes

__all__ = ["catalogue", "commits", "house", "limited", "person", "picture", "stranger", "wakes"]
