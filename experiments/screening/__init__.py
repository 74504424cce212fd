"""Which parameters matter: a Morris screening over the ranges of all that is uncertain.

Parameters are moved one at a time along random paths through their ranges, every point of a path with the
same luck; ``design`` lays the paths, ``runs`` simulates them, ``effects`` tells what moved what, ``pages``
writes it down.
"""
