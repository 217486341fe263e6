"""What every page stands on, without the web: links, desks, what a visit is, examples, words, the plane."""
