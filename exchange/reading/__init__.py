"""Reading a workbook: a child process with caps opens it, the parent receives its rows."""
