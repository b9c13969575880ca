"""Doors of the whole house: run, HTTP, pages, command line."""
