"""For people who write tactics of their own: the small project they start from."""
