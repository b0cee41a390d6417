"""Rosters: workbooks of accounts, organisations and officials, all written or nothing."""
