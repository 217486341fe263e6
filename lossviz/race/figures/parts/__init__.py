"""What the figures of the race and the experiment share."""
