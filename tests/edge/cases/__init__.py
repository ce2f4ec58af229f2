"""The 69 edge cases that readers of feeds met in the field, by number: the list of what this reader holds.

1 to 28 what servers answer (test_edge_http, test_edge_access), 29 to 48 what feeds write (test_edge_parse), 49 to 57 when
two entries are one (test_edge_identity, test_edge_stories), 58 to 69 the tool itself (test_edge_tool). A test bears the
numbers of the cases that it holds in its name; test_edge_index says that none is missing.
"""
