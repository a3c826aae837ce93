"""What officers answer: values, and what does not fit their fields."""
