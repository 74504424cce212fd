"""The font of the charts, and how it was made."""
