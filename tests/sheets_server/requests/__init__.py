"""The requests of ``spreadsheets.batchUpdate``, by kind."""
