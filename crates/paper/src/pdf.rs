//! How is a report set as a board paper, A4, ready to print?

use crate::{Document, PaperError};
use typst::foundations::{Dict, IntoValue};
use typst_as_lib::TypstEngine;

const BOARD: &str = include_str!("board.typ");

/// The report as a PDF with embedded fonts. The same document gives the same bytes.
///
/// # Errors
/// When the page cannot be set, which is a fault of the template.
pub fn pdf(document: &Document) -> Result<Vec<u8>, PaperError> {
    let data = serde_json::to_string(document).map_err(setting)?;
    let mut inputs = Dict::new();
    inputs.insert("document".into(), data.into_value());
    let engine = TypstEngine::builder()
        .main_file(BOARD)
        .fonts(typst_assets::fonts().collect::<Vec<_>>())
        .build();
    let set = engine.compile_with_input(inputs).output.map_err(setting)?;
    let options = typst_pdf::PdfOptions {
        ident: typst::foundations::Smart::Custom(document.run.clone()),
        ..typst_pdf::PdfOptions::default()
    };
    typst_pdf::pdf(&set, &options).map_err(|faults| PaperError::Setting {
        detail: faults
            .iter()
            .map(|fault| fault.message.to_string())
            .collect::<Vec<_>>()
            .join("; "),
    })
}

fn setting(error: impl std::fmt::Display) -> PaperError {
    PaperError::Setting {
        detail: error.to_string(),
    }
}
