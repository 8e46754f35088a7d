"""People across all lists, who of them is not protected, and how many for certain."""
