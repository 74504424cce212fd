"""The mechanisms: one file each, equation beside kernel. See ``simulator/mechanism.py`` for phases and parameters."""
