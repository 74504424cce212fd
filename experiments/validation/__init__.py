"""The model against published patterns and real groups."""
