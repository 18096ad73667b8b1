//! How does a report look on paper and in a workbook?
