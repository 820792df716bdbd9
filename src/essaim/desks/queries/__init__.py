"""What the first page and the desks ask of every stage."""
