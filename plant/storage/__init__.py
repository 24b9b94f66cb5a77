"""How readings are kept hot, on each edition of the database."""
