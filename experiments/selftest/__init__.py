"""The method on trial: how often a comparison finds an effect where there is none."""
