"""What every page has in common in the browser: session, address, frame, tools, sharing."""
