"""What is said in a room: messages, events of a case, status and receipts."""
