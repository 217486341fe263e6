"""The charts of the Lab, as Plotly's specifications."""
