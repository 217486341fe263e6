"""What the figures of a race are made of."""
