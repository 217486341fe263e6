"""What stands on the page, and what its buttons do."""
