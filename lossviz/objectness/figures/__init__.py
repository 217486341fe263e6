"""Figures of losses of one output to take away: one file a figure, found by itself."""
