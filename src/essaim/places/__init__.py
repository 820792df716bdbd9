"""Regions, departments, communes and known places: reference data every stage may read."""
