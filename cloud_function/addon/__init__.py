"""The Google Sheets add-on: cards for the side panel, made from our tabs as they stand (``door.answer``)."""
