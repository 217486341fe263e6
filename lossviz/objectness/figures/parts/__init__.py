"""What the figures of losses of one output share."""
