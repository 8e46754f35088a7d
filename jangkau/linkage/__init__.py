"""Are these two records the same person, and how sure are we."""
