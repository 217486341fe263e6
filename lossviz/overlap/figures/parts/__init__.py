"""What the figures of two boxes share."""
