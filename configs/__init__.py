"""Presets as plain YAML, a folder per Hydra group."""
