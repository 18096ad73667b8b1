//! How are other programs run, watched and timed?

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The folder that holds the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
}

/// The same cargo that runs this program.
///
/// What cargo told this program about itself is taken away: build scripts that look at `CARGO_PKG_NAME` and its like
/// would otherwise see other values than in a plain `cargo build`, and the query engine would be compiled once more.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy().into_owned();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
            "CARGO_PRIMARY_",
        ]
        .iter()
        .any(|start| told.starts_with(start))
        {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

/// Runs to the end on this terminal; whether it went well.
pub fn succeeds(command: &mut Command) -> Result<bool> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", name_of(command)))?;
    Ok(status.success())
}

/// Runs to the end on this terminal, or says what failed.
pub fn must(command: &mut Command) -> Result<()> {
    if succeeds(command)? {
        return Ok(());
    }
    bail!("{} failed", name_of(command))
}

/// Standard output of a command that must go well.
pub fn output_of(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", name_of(command)))?;
    if !output.status.success() {
        bail!("{} failed", name_of(command));
    }
    String::from_utf8(output.stdout).context("the output is not UTF-8")
}

/// Runs to the end, shows both streams as they come, and hands every line over as well.
pub fn watched(command: &mut Command) -> Result<(bool, Vec<String>)> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", name_of(command)))?;
    let stdout = child.stdout.take().context("standard output is piped")?;
    let stderr = child.stderr.take().context("standard error is piped")?;
    let mut lines = std::thread::scope(|scope| {
        let talk = scope.spawn(move || relay(stderr, std::io::stderr()));
        let mut lines = relay(stdout, std::io::stdout());
        lines.extend(talk.join().unwrap_or_default());
        lines
    });
    let ok = child.wait()?.success();
    lines.retain(|line| !line.is_empty());
    Ok((ok, lines))
}

/// Does the work under a heading and says how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("── {what}");
    let start = Instant::now();
    let result = work();
    eprintln!("── {what}: {}", in_words(start.elapsed()));
    result
}

/// `4 s`, `3 min 20 s`.
pub fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// Where cargo puts what it builds.
pub fn target_folder() -> Result<PathBuf> {
    let metadata = metadata(&["--no-deps"])?;
    let folder = metadata["target_directory"].as_str();
    Ok(folder
        .context("cargo metadata names the target folder")?
        .into())
}

/// The built program; `profile` is the folder's name, `debug` or `release`.
pub fn program(profile: &str) -> Result<PathBuf> {
    let name = format!("odla{}", std::env::consts::EXE_SUFFIX);
    Ok(target_folder()?.join(profile).join(name))
}

/// What cargo knows of the workspace.
pub fn metadata(arguments: &[&str]) -> Result<serde_json::Value> {
    let mut command = cargo(&["metadata", "--format-version", "1"]);
    command.args(arguments).current_dir(root());
    Ok(serde_json::from_str(&output_of(&mut command)?)?)
}

fn relay(from: impl Read, mut to: impl Write) -> Vec<String> {
    let mut lines = Vec::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        // A closed terminal must not stop the count.
        let _ = writeln!(to, "{line}");
        lines.push(line);
    }
    lines
}

fn name_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_as_a_person_would() {
        assert_eq!(in_words(Duration::from_millis(4_250)), "4.2 s");
        assert_eq!(in_words(Duration::from_secs(41)), "41 s");
        assert_eq!(in_words(Duration::from_secs(200)), "3 min 20 s");
    }

    #[test]
    fn both_streams_of_a_watched_program_are_kept() {
        let mut command = cargo(&["--version"]);
        let (ok, lines) = watched(&mut command).expect("cargo is here");
        assert!(ok);
        assert!(
            lines.iter().any(|line| line.starts_with("cargo ")),
            "{lines:?}"
        );
    }
}
