//! Does the tree keep the house rules? Problems stop the tests; remarks are only printed.

mod arrows;
mod features;
mod files;
mod pages;
mod source;
mod style;
mod texts;
mod words;

use crate::process::root;
use anyhow::Result;
use files::Tree;

/// What tidy found: problems must be mended, remarks are for the eye.
#[derive(Debug, Default)]
pub struct Findings {
    pub problems: Vec<String>,
    pub remarks: Vec<String>,
}

impl Findings {
    pub fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    pub fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }
}

/// Reads the whole tree and prints what it found; `true` when nothing must be mended.
pub fn tidy() -> Result<bool> {
    let tree = Tree::read(root())?;
    let mut findings = Findings::default();
    arrows::check(&crate::process::metadata(&[])?, &mut findings);
    features::check(&mut findings)?;
    style::check(&tree, &mut findings);
    words::check(&tree, &mut findings);
    texts::check(&tree, &mut findings);
    pages::check(&tree, &mut findings);
    for remark in &findings.remarks {
        eprintln!("remark: {remark}");
    }
    for problem in &findings.problems {
        eprintln!("problem: {problem}");
    }
    let (remarks, problems) = (findings.remarks.len(), findings.problems.len());
    eprintln!(
        "tidy: {} files, {problems} problems, {remarks} remarks",
        tree.files.len()
    );
    Ok(problems == 0)
}
