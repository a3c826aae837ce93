"""The scenes of the story, one module each, in the order they are played."""
