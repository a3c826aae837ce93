"""Commands on the transparency log, its witnesses and its alarms."""
