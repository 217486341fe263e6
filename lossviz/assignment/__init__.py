"""Assignment: which predictors answer for a truth, by which rule."""
