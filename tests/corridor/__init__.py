"""People and the worker in a workbook of real source tabs, through the whole corridor (``run.sync``)."""
