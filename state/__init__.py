"""What is kept: records, schema and the only SQL of the project."""
