//! How does a report look on paper and in a workbook?
//!
//! One [`Document`] in, bytes out: [`pdf`] sets it as a board report, [`workbook`] as sheets with real numbers and
//! dates. Every text arrives as the reader sees it on the screen, so that the same figure cannot differ between them.

mod document;
mod error;
mod pdf;
mod workbook;

pub use document::{Column, Document, Figure, Grid, GridCell, Picture, Step, StepKind, Words};
pub use error::PaperError;
pub use pdf::pdf;
pub use workbook::{FIGURES, Sheet, SheetCell, sheet, sheets, workbook};
