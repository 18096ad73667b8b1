//! `odla map`: a proposed mapping, from headers and sample values.

use crate::Ending;
use crate::arguments::MapArguments;
use crate::terminal::{Terminal, say};
use odla_app::AppError;
use odla_domain::Params;

pub async fn run(arguments: &MapArguments, terminal: &Terminal) -> Result<Ending, AppError> {
    let proposal = odla_lake::map::propose(&arguments.paths)?;
    match &arguments.output {
        None if terminal.json => terminal.document(&serde_json::json!({ "mapping": proposal }))?,
        None => say!("{}", proposal.trim_end()),
        Some(file) => {
            std::fs::write(file, &proposal).map_err(|source| AppError::file(file, source))?;
            let name = file.display().to_string();
            terminal.tell(
                "mapping_written",
                &Params::from([("file".to_owned(), name.into())]),
            );
        }
    }
    Ok(Ending::Done)
}
