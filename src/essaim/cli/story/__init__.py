"""The story of “Fablabs 2013”, told through the same actions as the site, with invented people: `demo` and `replay`."""
