"""What a court is shown: bundles, and the verdicts on signatures."""
