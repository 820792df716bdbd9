"""Letters, agreements, payments and reports."""
