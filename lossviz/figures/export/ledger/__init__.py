"""Programs side by side: the table, and the map of the difference of two."""
