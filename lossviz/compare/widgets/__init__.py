"""The widgets of the Compare page: what stands on it, and what its buttons do."""
