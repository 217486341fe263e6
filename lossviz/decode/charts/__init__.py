"""The charts of the page on decoding, as Plotly's specifications."""
