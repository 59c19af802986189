"""The Google Sheets add-on: cards for the side panel."""
