"""What a reviewer reads: the flow and the rules as pages, written from the code and texts."""
