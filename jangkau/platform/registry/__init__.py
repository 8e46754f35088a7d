"""Registry: the people behind the number."""
