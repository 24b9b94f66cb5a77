"""The alarms of a gas site: what raises them, which states they go through, who is notified and when. Rules without input or output."""
