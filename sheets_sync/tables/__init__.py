"""Source tabs become typed tables: recognition, cells, identity, lines, subjects. Own tabs: `task_rows`."""
