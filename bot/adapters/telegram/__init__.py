"""Telegram: polls raw updates, makes turns of them, sends what the outbox holds."""
