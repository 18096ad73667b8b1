//! Which fit does a plain file give? Columns of text in, a fit as plain values and JSON out.
//!
//! The face of the statistical methods for those who bring their own file. It knows no disk, no clock and no query
//! engine: the program reads the file, gives the columns and shows what comes back. Texts are keys of the catalogues.

mod caution;
mod choosing;
mod columns;
mod error;
mod explaining;
mod fitted;
mod groups;
mod input;
mod methods;
mod options;
mod transactions;

pub use caution::{Caution, Param, Params};
pub use columns::Columns;
pub use error::FitError;
pub use fitted::{Fitted, PredictionColumn, Predictions};
pub use options::Options;

use input::{Input, prove_roles};
use methods::{METHODS, Method};

/// Fits one method to the columns of a file.
///
/// Same columns, options and seed give the same fit to the bit. Flags that the method does not use are told as a caution.
pub fn run(method: &str, columns: &Columns, options: &Options) -> Result<Fitted, FitError> {
    let method = find(method)?;
    prove_roles(method.name, method.roles, options)?;
    let input = Input {
        method: method.name,
        columns,
        options,
    };
    let mut fitted = (method.fit)(&input).map_err(|error| error.in_file(columns))?;
    let unused = options
        .given()
        .into_iter()
        .filter(|flag| !method.flags.contains(flag));
    fitted.cautions.extend(unused.map(|flag| {
        Caution::new("fit.flag_unused")
            .with("flag", flag)
            .with("method", method.name)
    }));
    Ok(fitted)
}

/// The words of all methods.
pub fn methods() -> Vec<&'static str> {
    METHODS.iter().map(|method| method.name).collect()
}

/// The roles of columns that any method knows, sorted.
pub fn roles() -> Vec<&'static str> {
    let all: std::collections::BTreeSet<&str> = METHODS
        .iter()
        .flat_map(|method| method.roles)
        .copied()
        .collect();
    all.into_iter().collect()
}

fn find(word: &str) -> Result<&'static Method, FitError> {
    let plain = word.to_ascii_lowercase().replace('_', "-");
    METHODS
        .iter()
        .find(|method| method.name == plain)
        .ok_or_else(|| FitError::MethodUnknown {
            method: word.to_owned(),
            known: methods().join(", "),
        })
}
