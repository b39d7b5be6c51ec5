"""Sends the outbox: each row drawn, paced and sent once."""
