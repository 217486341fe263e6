"""Figures of the race and the experiment to take away: one file a figure, found by itself."""
