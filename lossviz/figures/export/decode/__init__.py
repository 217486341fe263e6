"""From raw numbers to a box: the grid with its formulas, and the curves the numbers go through."""
