"""Designs: which points and which arms are run. Only the pilot of a matched budget simulates anything."""
