"""What the figures of two boxes are made of."""
