"""SQLite: the store's file, its log and its schema."""
