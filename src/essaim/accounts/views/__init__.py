"""Pages of accounts: sign-in, one's own account, organisations, invitations, and the demonstration's door."""
