"""The textbook: torch in, torch out, nothing of the web."""
