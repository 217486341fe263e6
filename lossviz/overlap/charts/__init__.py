"""The charts of the page, as Plotly's specifications."""
