"""Figures of the Lab to take away: one file a figure, found by itself."""
