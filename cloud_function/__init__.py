"""The worker in the cloud: thin doors over ``sheets_sync.run`` that Google calls. ``main.py`` has the entry points."""
