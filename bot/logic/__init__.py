"""The clinical rules: what a case means. Knows no chat, no words, no storage and no clock."""
