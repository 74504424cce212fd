"""Sweeps: arms at many points of a design, each against the baseline of its own point."""
