"""Figures of loss functions."""
