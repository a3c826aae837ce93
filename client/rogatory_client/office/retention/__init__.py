"""What an office keeps and for how long: rules, holds, purges."""
