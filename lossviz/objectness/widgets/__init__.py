"""The widgets of the "BCE or MSE?" page: what stands on it, and what its buttons do."""
