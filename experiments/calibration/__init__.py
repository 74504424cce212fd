"""Fits of presets to published targets and real groups; each can be run again."""
