"""What the rules say in words: texts, reasons, sections, times, the answer as JSON."""
