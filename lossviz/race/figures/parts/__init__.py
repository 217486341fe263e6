"""What these figures share."""
