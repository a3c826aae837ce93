"""The relay: stores and forwards ciphertext between verified devices."""
