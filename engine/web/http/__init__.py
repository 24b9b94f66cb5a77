"""What every request passes: sign-in, origin, permission, routes, errors."""
