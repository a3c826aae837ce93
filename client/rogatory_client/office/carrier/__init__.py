"""Past the relay: sealed files for a USB stick or for mail."""
