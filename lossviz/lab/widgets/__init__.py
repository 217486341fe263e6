"""The widgets of the Lab: what stands on the page, and what its buttons do."""
