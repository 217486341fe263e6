"""Figures of two boxes to take away: one file a figure, found by itself."""
