"""What the API of every app stands on: strict fields, one shape of errors, cursors, versions."""
