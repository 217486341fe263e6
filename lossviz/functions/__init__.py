"""Loss functions: curves, batches, distributions, where numbers break."""
