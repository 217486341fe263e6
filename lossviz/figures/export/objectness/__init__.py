"""Losses of one output: their curves, and the race of two logits."""
