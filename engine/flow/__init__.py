"""What a flow is and how its YAML file is read, checked, edited and written."""
