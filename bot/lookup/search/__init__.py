"""Stored passages that fit a question, and the chapters."""
