"""The store on SQLite: the only SQL of the project."""
