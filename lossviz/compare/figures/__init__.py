"""Figures of a comparison to take away: one file a figure, found by itself."""
