//! `odla openapi`: what the API says of itself.

use crate::Ending;
use crate::terminal::Terminal;
use odla_app::AppError;

pub fn run(terminal: &Terminal) -> Result<Ending, AppError> {
    terminal.document(&odla_server::document())?;
    Ok(Ending::Done)
}
