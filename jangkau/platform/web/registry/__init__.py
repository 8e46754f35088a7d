"""Pages of the registry: people, exports, doubtful pairs, runs."""
