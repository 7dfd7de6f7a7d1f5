"""MEANING: how near a paragraph is to a query by vectors of words; off unless it is asked for."""
