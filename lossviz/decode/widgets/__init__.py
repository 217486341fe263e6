"""The widgets of the Decode page: what stands on it, and what its buttons do."""
