"""The specification, as tests. The folders mirror those of the code."""
