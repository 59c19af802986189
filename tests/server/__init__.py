"""What the local Sheets server must answer, against Google's documentation and its recorded answers."""
