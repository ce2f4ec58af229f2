"""The desk: the full-screen app of `pkm sense`."""
