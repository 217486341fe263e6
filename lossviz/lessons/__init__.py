"""Lessons: cards above the pages. Each asks a question, sets a task that the page's numbers end, and refutes a belief."""
