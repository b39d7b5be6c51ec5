"""Look-ups: a question to the rules that needs no case and stores nothing."""
