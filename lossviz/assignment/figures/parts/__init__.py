"""What the figures of an assignment share."""
