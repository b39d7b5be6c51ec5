"""Telegram: polls raw updates, turns them into turns, sends the outbox."""
