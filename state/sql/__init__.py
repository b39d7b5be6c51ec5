"""The topics of the store in SQL that every engine reads, and what they use of an open database."""
