//! Are the documents that the program writes about itself up to date?

use crate::demo;
use crate::process::{cargo, must, program, root, target_folder};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

const WRITTEN_BY_THE_PROGRAM: &[&str] = &["figures.md", "tables.md"];

/// Builds the program and writes its documents into `docs/`.
pub fn write() -> Result<bool> {
    demo::build()?;
    write_into(&root().join("docs"))?;
    Ok(true)
}

/// Compares `docs/` with what the program would write; names what differs.
pub fn check() -> Result<bool> {
    must(cargo(&["build", "--package", "odla"]).current_dir(root()))?;
    let draft = target_folder()?.join("docs-draft");
    fs::create_dir_all(&draft)?;
    write_into(&draft)?;
    let mut current = true;
    for name in WRITTEN_BY_THE_PROGRAM {
        let kept = fs::read(root().join("docs").join(name)).unwrap_or_default();
        let made =
            fs::read(draft.join(name)).with_context(|| format!("the program wrote no {name}"))?;
        if kept != made {
            eprintln!("docs/{name} is not what the program says: run `cargo xtask docs`");
            current = false;
        }
    }
    Ok(current)
}

fn write_into(folder: &Path) -> Result<()> {
    must(Command::new(program("debug")?).arg("docs").arg(folder))
}
