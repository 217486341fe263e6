"""Decode: from raw outputs to a box, the output tensor, the passthrough layer."""
