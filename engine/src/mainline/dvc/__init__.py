"""DVC: its command, what it keeps, what it leaves behind."""
