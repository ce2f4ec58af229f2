"""Share: with whom, how and when; the guard; what leaves and what it was."""
