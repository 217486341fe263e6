"""Figures that move: a sweep, a film or a drag, recorded with the engine's numbers and played without a server."""
