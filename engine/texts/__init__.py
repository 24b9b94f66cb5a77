"""What people read: a code with its parameters, written once per language in catalogue files, rendered for who reads it."""
