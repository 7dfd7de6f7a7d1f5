"""BACKENDS: the engines that find and rank; memory is the specification, whoosh the one in use."""
