"""The Loss Lab: scene, bars, channels, maps, gradient steps, the label's way."""
