"""The conversations: questions, options and conditions as data."""
