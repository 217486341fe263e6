"""The experiment of many boxes: curves, basins, errors by distance."""
