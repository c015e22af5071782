"""Map layers of convolutional networks to areas of the visual system."""

__version__ = "0.1.0"
