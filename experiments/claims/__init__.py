"""Claims of practitioners, each a preset experiment, put to the model and answered by one rule.

A claim names cells (a community under an arm), and parts: for each a metric, a contrast of cells, the
smallest effect of interest, and what must hold of it. All cells are run in the same worlds, with the same
luck.
"""
