"""Pages of the Jam: for everybody, for the room, for who runs it, for who answers."""
