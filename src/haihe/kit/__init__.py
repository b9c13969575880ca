"""Pure helpers with no house knowledge."""
