"""The widgets of the Assignment page: what stands on it, and what its buttons do."""
