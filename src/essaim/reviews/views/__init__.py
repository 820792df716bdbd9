"""Pages of the instruction (officers), of the assignments (officers) and of the reviews (experts)."""
