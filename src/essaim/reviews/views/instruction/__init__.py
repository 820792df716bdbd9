"""Pages of the instruction: the list, a file, its checklist, requests and messages, acts in bulk, plan B."""
