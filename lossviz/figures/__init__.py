"""Results to figures: pure, nothing of sessions."""
