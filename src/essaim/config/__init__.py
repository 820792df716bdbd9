"""What varies from one installation to another, and how the parts are assembled."""
