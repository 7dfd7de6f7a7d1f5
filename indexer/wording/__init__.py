"""What is said to people, in their language: on a terminal and on a page alike."""
