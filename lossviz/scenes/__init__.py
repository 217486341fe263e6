"""The scenes: their files, checked at the border, how far boxes go, untrained networks."""
