"""The embedded engine: Whoosh keeps the segments, we keep the postings as arrays and evaluate queries over them."""
