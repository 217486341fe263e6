"""The charts of the page on loss functions, as Plotly's specifications."""
