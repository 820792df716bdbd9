"""What every page is made of: base template, component tags, formats, styles, behaviours, and the gallery at /ui/."""
