"""Figures of loss functions to take away: one file a figure, found by itself."""
