"""The linkage of the first version, until `jangkau run` stands on the new engine."""
