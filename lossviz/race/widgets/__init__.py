"""The widgets of the Box race page: what stands on it, and what its buttons do."""
