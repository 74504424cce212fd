"""Engagement tactics, one a file. Each is found by its entry point in the group `qunlab.strategies`."""
