"""What a typed line says of a case: its answers, and what was understood of it."""
