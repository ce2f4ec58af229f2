"""The store: the model, its file, its journal, and one file of queries a noun."""
