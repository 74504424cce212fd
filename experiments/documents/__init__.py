"""The documents that are made from the code: what the model is, and what it rests on.

Words that no code holds stand in the templates of this folder, once; everything else (equations, parameters,
columns, channels, phases, metrics) is taken from docstrings and declarations, so that it cannot grow old.
"""
