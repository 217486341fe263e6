"""BCE or MSE: one logit and its target, two losses, their slopes, the derivations."""
