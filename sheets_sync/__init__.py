"""Task tabs in the workbook a small team already has: whom to contact today, what waits for someone."""
