"""Compare: what published programs ask of the same predictors on the same scene."""
