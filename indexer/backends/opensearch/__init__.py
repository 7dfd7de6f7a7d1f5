"""The engine over an OpenSearch cluster: it finds, this library ranks."""
