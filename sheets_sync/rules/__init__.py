"""Who needs what and when: pure functions from typed tables and a day to frames of occurrences."""
