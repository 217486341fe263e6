"""What the figures of an assignment are made of."""
