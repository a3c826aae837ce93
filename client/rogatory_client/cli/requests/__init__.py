"""Commands that ask and send: consultations, requests, what a second officer releases."""
