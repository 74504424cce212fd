"""The best of several arms with a stated probability, losers dropped on the way."""
