"""What serves the whole: today's picture, export and import, doctor, the tour."""
