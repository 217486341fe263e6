"""Truths among anchors: who fits, who answers, and two rules side by side."""
