"""Figures of decoding to take away: one file a figure, found by itself."""
