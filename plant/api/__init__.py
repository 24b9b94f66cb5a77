"""The site's HTTP API: what each part answers under /api/."""
