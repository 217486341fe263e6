"""Box race: which loss pulls a box home, and the experiment of 1,715,000 boxes."""
