"""What is kept: its records, the store that keeps them, and the engines behind it."""
