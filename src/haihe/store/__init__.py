"""The only database room."""
