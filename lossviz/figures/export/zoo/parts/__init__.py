"""What the figures of loss functions are made of."""
