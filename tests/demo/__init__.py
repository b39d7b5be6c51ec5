"""CordCall on a phone without Telegram: the strict server, the real bot, the phone page."""
