//! How does a test run the program, and where does it find the real data sets?

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A home of its own, thrown away after the test.
pub struct Program {
    folder: TempDir,
}

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder can be made"),
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the home and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder().join(name);
        std::fs::write(&path, content).expect("the temporary folder can be written");
        path.display().to_string()
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        self.run_telling(arguments, "off")
    }

    /// Runs a command that talks as much as `level` says.
    pub fn run_telling(&self, arguments: &[&str], level: &str) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_odla"))
            .args([
                "--home",
                &self.folder().join("home").display().to_string(),
                "--lang",
                "en",
            ])
            .args(arguments)
            .env("NO_COLOR", "1")
            .env("ODLA_LOG", level)
            .output()
            .expect("the program starts");
        Answer::from(output)
    }

    /// Runs a command with `--json` and reads the one document on stdout.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.run(&[&["--json"], arguments].concat());
        assert!(
            matches!(answer.code, 0 | 3),
            "{arguments:?} ended with {}: {}",
            answer.code,
            answer.stderr
        );
        serde_json::from_str(&answer.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{}", answer.stdout))
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The folder of real data sets; `None`, said aloud, when it is not there.
pub fn data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ODLA_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("left out: {test}: no data folder");
    None
}

/// A mapping of the examples.
pub fn mapping(example: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(example)
        .join("mapping.toml");
    file.display().to_string()
}
