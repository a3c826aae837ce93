"""The relay's side of the transparency log: judged, stored, signed, cosigned, served."""
