"""Pages of calls: public, alerts, feeds, officer."""
