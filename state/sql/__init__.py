"""What every engine of SQL shares: how a topic uses an open database."""
