"""The tools that a language model can call, by the Model Context Protocol over standard input and output."""
