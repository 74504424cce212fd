"""Designs: which points and which arms are run. Nothing in here simulates but the pilot of a matched budget."""
