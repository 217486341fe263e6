"""One race: its course, its curves."""
