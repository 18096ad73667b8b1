//! Would the program alone be built of other parts than the tests, and everything be compiled twice?

use super::Findings;
use crate::process::{cargo, output_of, root};
use anyhow::Result;
use std::collections::BTreeSet;

/// Compares what `cargo build --package odla` and a build of all tests switch on in each dependency.
pub fn check(findings: &mut Findings) -> Result<()> {
    let alone = parts(&["--package", "odla", "--edges", "normal,build"])?;
    let together = parts(&["--workspace", "--edges", "all"])?;
    for part in only_alone(&alone, &together) {
        findings.problem(format!(
            "{part}: the tests build this with other features; name them in the workspace manifest"
        ));
    }
    Ok(())
}

/// Every package with its version and features, as one line each.
fn parts(selection: &[&str]) -> Result<BTreeSet<String>> {
    let mut command = cargo(&["tree", "--prefix", "none", "--format", "{p} {f}"]);
    let text = output_of(command.args(selection).current_dir(root()))?;
    let lines = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)").trim_end());
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

fn only_alone<'p>(alone: &'p BTreeSet<String>, together: &'p BTreeSet<String>) -> Vec<&'p str> {
    alone.difference(together).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_with_other_features_is_found() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        let together = lines("serde v1 derive,std\ntokio v1 fs,net\ninsta v1");
        assert!(only_alone(&lines("serde v1 derive,std"), &together).is_empty());
        assert_eq!(
            only_alone(&lines("tokio v1 fs"), &together),
            ["tokio v1 fs"]
        );
    }
}
