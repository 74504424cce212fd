"""The workbench behind the command `qunlab`: from configuration to comparison and report."""
