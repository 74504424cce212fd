"""The mechanisms: one file each, equation beside kernel; phases and parameters: ``simulator.mechanism``."""
