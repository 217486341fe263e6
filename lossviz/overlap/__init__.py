"""IoU losses: two boxes, four measures, their surfaces and gradient fields."""
