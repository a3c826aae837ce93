"""Commands that write: drafts, the guided writer, papers made with other tools."""
