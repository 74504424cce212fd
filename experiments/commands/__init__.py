"""What each subcommand of ``qunlab`` does."""
