"""The engine's figures beside its peers', in the same run, on seeded instances: `make bench`. Never part of CI."""
