"""If you came from an article: its rows in order, each a way into the app."""
