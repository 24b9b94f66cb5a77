"""Who may do what: accounts, passwords, tokens, stored secrets, and the audit log of who did it."""
