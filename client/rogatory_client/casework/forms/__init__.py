"""What each type of request asks: fields, sections, conditions, read from tables."""
