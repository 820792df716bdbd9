"""Pages of applications: mine, the five steps of a draft, the receipt, and what becomes of a filed one."""
