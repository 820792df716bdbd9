"""The officer writes a call on screen: rooms one walks in any order, each saved by itself, published from the last."""
