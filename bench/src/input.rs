//! What do the columns hold that the generator wrote?

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};

/// A folder of columns, each a file `NAME.f64` of little-endian numbers.
pub struct Input {
    folder: PathBuf,
}

impl Input {
    pub fn open(folder: &str) -> Result<Self> {
        let folder = Path::new(folder).to_owned();
        ensure!(folder.is_dir(), "there is no such folder");
        Ok(Input { folder })
    }

    pub fn column(&self, name: &str) -> Result<Vec<f64>> {
        let path = self.folder.join(format!("{name}.f64"));
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        ensure!(
            bytes.len() % 8 == 0,
            "{}: not whole numbers",
            path.display()
        );
        let number = |eight: &[u8]| eight.try_into().map(f64::from_le_bytes);
        Ok(bytes
            .chunks_exact(8)
            .map(number)
            .collect::<Result<_, _>>()?)
    }

    /// The columns `NAME0`, `NAME1` ... as far as they go.
    pub fn columns(&self, name: &str) -> Result<Vec<Vec<f64>>> {
        let there = |number: &usize| self.folder.join(format!("{name}{number}.f64")).is_file();
        (0..)
            .take_while(there)
            .map(|number| self.column(&format!("{name}{number}")))
            .collect()
    }
}
