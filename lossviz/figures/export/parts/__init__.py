"""What all figures have in common: content and figure, look, caption, curves, the page around them."""
