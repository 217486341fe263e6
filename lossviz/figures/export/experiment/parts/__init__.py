"""What the figures of the experiment are made of."""
