"""The container registry that model images go to: layout on disk, login, upload by digest."""
