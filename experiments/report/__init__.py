"""What a comparison looks like: terminal, charts, and a one-file page."""
