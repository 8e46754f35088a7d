"""Pages of coverage: the country, provinces, regencies, branches, institutions; as CSV; and the public page."""
