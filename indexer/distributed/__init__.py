"""A build on many machines: `worker` is what each of them does, `spark` gives it to them."""
