"""The mechanisms, nothing of the domain: journal, workflow, access, tasks, files, mail."""
