"""What is known of the original programs: a state as a script, what was verified, words about them."""
