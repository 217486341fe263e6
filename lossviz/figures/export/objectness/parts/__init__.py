"""What the figures of one output are made of."""
