"""The widgets of the IoU losses page: what stands on it, and what its buttons do."""
