"""Figures of an assignment to take away: one file a figure, found by itself."""
