"""Stored passages that match a question, and the chapters."""
