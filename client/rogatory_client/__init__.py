"""An office's own side: engine, vault, transport and command line."""
