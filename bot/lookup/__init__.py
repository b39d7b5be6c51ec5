"""Looks up what CordCall knows: a search, the drugs, the chapters, cards for any chat."""
