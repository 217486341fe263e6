"""What the figures of the page on decoding are made of."""
