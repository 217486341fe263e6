"""The Loss Lab: every term of the loss and its gradient on a real photograph."""
