"""What the figures of loss functions share."""
