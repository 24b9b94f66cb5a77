"""What differs between two versions of a flow, and how two changes of one are merged."""
