"""What the figures of the Loss Lab are made of."""
