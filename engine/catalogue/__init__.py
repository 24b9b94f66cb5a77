"""Which node types there are, and what their classes say of fields, ports and paths."""
