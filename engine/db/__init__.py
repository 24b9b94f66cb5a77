"""PostgreSQL: the pool, COPY, migrations, JSON."""
