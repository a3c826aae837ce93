"""The register of all cases, and the search in all that was said."""
