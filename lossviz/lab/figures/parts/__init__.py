"""What the figures of the Lab share."""
