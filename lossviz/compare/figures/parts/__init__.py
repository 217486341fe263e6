"""What the figures of a comparison share."""
