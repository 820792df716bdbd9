"""Pages of the choice: the team's workshop, then what the public and each applicant read."""
