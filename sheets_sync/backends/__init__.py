"""Places where a workbook lives; ``base`` is their contract."""
