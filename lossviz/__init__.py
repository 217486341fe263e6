"""Every term of the YOLOv2 and YOLOv3 training losses, and its gradient."""

__version__ = "0.1.0"
