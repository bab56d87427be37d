"""The container registry of model images: layout on disk, login, upload by digest."""
