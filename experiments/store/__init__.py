"""The store: what was simulated, kept under what decides it, so that nothing is ever simulated twice."""
