"""The viewer runs in an environment of its own: what imports it is run there, by `test_viewer.py`."""

collect_ignore = ["inside"]
