"""What was done in a period, written down as an Excel workbook, an HTML page or a Word document."""
