"""The network's edge: fetching, with limits."""
