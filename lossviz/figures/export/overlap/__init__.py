"""Two boxes and four measures: board, surface, slices, the published gradients judged."""
