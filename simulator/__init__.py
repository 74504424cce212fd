"""The model of a chat community: it reads no file, prints nothing and knows no strategy."""
