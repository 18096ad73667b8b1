//! Does any question that the API's description allows make the real server fail?

use crate::demo;
use crate::process::{must, root, step, succeeds, target_folder};
use crate::served::Served;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;

const SCHEMATHESIS: &str = "schemathesis==4.32.*";
const CUSTOMERS: usize = 300;
/// Invented questions per address; with the address's own edges about two minutes on two free cores.
const QUESTIONS: &str = "20";

/// Asks with an administrator's token, so that no door stands in the way.
pub fn attack(arguments: &[String]) -> Result<bool> {
    let questions = match arguments {
        [] => QUESTIONS.to_owned(),
        [flag, number] if flag == "--questions" => number.clone(),
        _ => bail!("api takes --questions N"),
    };
    let Some(attacker) = attacker()? else {
        println!(
            "left out: the API under attack; schemathesis could not be installed (python3 -m venv, pip)"
        );
        return Ok(true);
    };
    let home = target_folder()?.join("tmp").join("api");
    let program = demo::example(&home, CUSTOMERS)?;
    let server = Served::start(&program, &home)?;
    let session = server.set_up()?;
    let granted = server.get(&session, "/session")?["permissions"].clone();
    let wish = json!({"name": "attack", "scopes": granted, "days": 1});
    let made = server.post(&session, "/tokens", &wish)?;
    let token = made["secret"].as_str().context("a token is shown once")?;
    let held = step(
        "the API is asked everything that its description allows",
        || {
            succeeds(
                Command::new(attacker)
                    .arg("run")
                    .arg(root().join("crates/server/openapi.json"))
                    .args(["--url", &format!("http://{}", server.address)])
                    .args(["--header", &format!("Authorization: Bearer {token}")])
                    .args([
                        "--checks",
                        "not_a_server_error",
                        "--phases",
                        "examples,coverage,fuzzing",
                    ])
                    .args([
                        "--max-examples",
                        &questions,
                        "--seed",
                        "1",
                        "--continue-on-failure",
                    ])
                    .args(["--request-timeout", "60", "--no-color"])
                    .current_dir(home.parent().unwrap_or(&home)),
            )
        },
    )?;
    // It must still stand, not only have answered.
    server.get(&session, "/session")?;
    Ok(held)
}

fn attacker() -> Result<Option<PathBuf>> {
    let folder = target_folder()?.join("tools").join("schemathesis");
    let found = folder.join("bin/schemathesis");
    if !found.is_file() {
        let made = step("installs schemathesis", || {
            must(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            must(Command::new(folder.join("bin/pip")).args(["install", "--quiet", SCHEMATHESIS]))
        });
        if made.is_err() {
            return Ok(None);
        }
    }
    Ok(found.is_file().then_some(found))
}
