"""The widgets of the Loss functions page: what stands on it, and what its buttons do."""
