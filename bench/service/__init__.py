"""Measures of the whole product, from outside: crashes, crowds, deadlines, weights. `make bench-service`."""
