"""Protocols and stores as the nodes of `nodes/io` speak them. No node types here."""
