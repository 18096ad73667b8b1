//! Which methods have a page? Those that have a file in both languages.

use std::fmt::Write;
use std::path::Path;

const FOLDER: &str = "../../docs/methods";

fn main() {
    println!("cargo:rerun-if-changed={FOLDER}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let entries =
        std::fs::read_dir(&folder).expect("the folder of the method pages is part of the project");
    let mut words: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            Some(
                entry
                    .file_name()
                    .to_str()?
                    .strip_suffix(".en.md")?
                    .to_owned(),
            )
        })
        .collect();
    words.sort();
    let mut code = String::from("&[\n");
    for word in words {
        let page = |language: &str| folder.join(format!("{word}.{language}.md"));
        let (sv, en) = (page("sv"), page("en"));
        writeln!(
            code,
            "({word:?}, include_str!({sv:?}), include_str!({en:?})),"
        )
        .expect("a text grows");
    }
    code.push_str("]\n");
    let out = std::env::var("OUT_DIR").expect("cargo names the folder");
    std::fs::write(Path::new(&out).join("methods.rs"), code).expect("the folder can be written");
}
