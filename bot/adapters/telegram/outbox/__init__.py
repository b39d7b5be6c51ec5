"""Sends what the outbox holds: drawn, paced, each once."""
