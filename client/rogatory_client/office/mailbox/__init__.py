"""The office's own work: inbox, notes, assignments, deputies, hand-over of cases."""
