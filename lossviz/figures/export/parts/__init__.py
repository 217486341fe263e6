"""What figures have in common: content, look, captions, panels, the page around them."""
