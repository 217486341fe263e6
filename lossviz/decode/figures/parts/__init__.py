"""What the figures of decoding share."""
