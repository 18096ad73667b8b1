//! Does each Rust file open with its question, stay small, and keep away from what only some rooms may do?

use super::Findings;
use super::files::{File, Tree};
use super::source::code_of;

const LONG_FILE: usize = 500;
const LONG_FUNCTION: usize = 60;
const MANY_PARAMETERS: usize = 4;

/// What may not be written, where it may all the same, and why. Tests are free.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        ".unwrap()",
        &[],
        "say why it cannot happen with expect, or return an error",
    ),
    (
        "println!(",
        &["odla", "xtask", "bench", "fuzz"],
        "only the program speaks to the terminal",
    ),
    (
        "print!(",
        &["odla", "xtask", "bench", "fuzz"],
        "only the program speaks to the terminal",
    ),
    (
        "todo!(",
        &[],
        "what is not built is left out and said in docs/capabilities.md",
    ),
    (
        "unimplemented!(",
        &[],
        "what is not built is left out and said in docs/capabilities.md",
    ),
    (
        "env::var",
        &["odla", "xtask"],
        "the environment is read once, by the program",
    ),
    (
        "SystemTime::now",
        &["odla", "app", "xtask"],
        "the clock is read by app or the program and passed down",
    ),
    (
        "Timestamp::now",
        &["odla", "app", "xtask"],
        "the clock is read by app or the program and passed down",
    ),
    (
        "Zoned::now",
        &["odla", "app", "xtask"],
        "the clock is read by app or the program and passed down",
    ),
    (
        "thread_rng",
        &[],
        "chance is seeded: ChaCha8Rng::seed_from_u64",
    ),
    (
        "rand::random",
        &[],
        "chance is seeded: ChaCha8Rng::seed_from_u64",
    ),
    (
        "rand::rng",
        &[],
        "chance is seeded: ChaCha8Rng::seed_from_u64",
    ),
];

pub fn check(tree: &Tree, findings: &mut Findings) {
    for file in tree.rust() {
        if !file.text.starts_with("//! ") {
            findings.problem(format!(
                "{}:1: the first line is `//!` and the question that the file answers",
                file.path
            ));
        }
        if file.text.contains("#[ignore") && file.room() != "xtask" {
            findings.problem(format!(
                "{}: no ignored tests; assert what is, with a note",
                file.path
            ));
        }
        if !file.is_test() {
            check_code(file, &code_of(&file.text), findings);
        }
    }
}

/// A build script is told by cargo's environment and answers on standard output.
fn spoken_to_cargo(file: &File, words: &str) -> bool {
    file.path.ends_with("/build.rs") && matches!(words, "println!(" | "print!(" | "env::var")
}

fn check_code(file: &File, code: &str, findings: &mut Findings) {
    for (number, line) in code.lines().enumerate() {
        for (words, rooms, why) in FORBIDDEN {
            if line.contains(words)
                && !rooms.contains(&file.room())
                && !spoken_to_cargo(file, words)
            {
                findings.problem(format!("{}:{}: {words} - {why}", file.path, number + 1));
            }
        }
    }
    let length = code.lines().count();
    if length > LONG_FILE {
        findings.remark(format!("{}: {length} lines", file.path));
    }
    for function in functions(code) {
        if function.lines > LONG_FUNCTION {
            findings.remark(format!(
                "{}:{}: {} has {} lines",
                file.path, function.at, function.name, function.lines
            ));
        }
        if function.parameters > MANY_PARAMETERS {
            let (name, parameters) = (function.name, function.parameters);
            findings.remark(format!(
                "{}:{}: {name} has {parameters} parameters",
                file.path, function.at
            ));
        }
    }
}

struct Function<'c> {
    name: &'c str,
    at: usize,
    lines: usize,
    parameters: usize,
}

/// Functions with a body, found by their braces in blanked code.
fn functions(code: &str) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("fn ") {
        let before = code[..start].chars().next_back();
        let rest = &code[start + 3..];
        let name = rest
            .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
            .next()
            .unwrap_or_default();
        if name.is_empty() || before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
        {
            continue;
        }
        let Some(body) = body_of(rest) else { continue };
        found.push(Function {
            name,
            at: code[..start].lines().count().max(1),
            lines: rest[..body].lines().count(),
            parameters: parameters_of(rest),
        });
    }
    found
}

/// Where the body of the function that starts `rest` ends; nothing for a signature alone.
fn body_of(rest: &str) -> Option<usize> {
    let (mut depth, mut round) = (0_i32, 0_i32);
    for (at, letter) in rest.char_indices() {
        match letter {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            ';' if depth == 0 && round == 0 => return None,
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth <= 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Parameters by the colons at the outermost level; `self` is not counted.
fn parameters_of(rest: &str) -> usize {
    let Some(open) = rest.find('(') else { return 0 };
    let (mut depth, mut count) = (0_i32, 0);
    let letters: Vec<char> = rest[open..].chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ':' if depth == 1 && letters.get(at + 1) != Some(&':') && letters[at - 1] != ':' => {
                count += 1
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Findings {
        let mut findings = Findings::default();
        check(&Tree::of(&[(path, text)]), &mut findings);
        findings
    }

    #[test]
    fn a_file_must_open_with_its_question() {
        assert_eq!(
            found("crates/lake/src/a.rs", "use std::fs;\n")
                .problems
                .len(),
            1
        );
        assert!(
            found("crates/lake/src/a.rs", "//! What is a?\n")
                .problems
                .is_empty()
        );
    }

    #[test]
    fn unwrap_is_for_tests_only() {
        let body = "//! What?\nfn f() { g().unwrap(); }\n";
        assert_eq!(found("crates/lake/src/a.rs", body).problems.len(), 1);
        assert!(found("crates/lake/tests/it/a.rs", body).problems.is_empty());
        let inside = "//! What?\n#[cfg(test)]\nmod tests {\n fn f() { g().unwrap(); }\n}\n";
        assert!(found("crates/lake/src/a.rs", inside).problems.is_empty());
    }

    #[test]
    fn only_the_program_prints() {
        let body = "//! What?\nfn f() { println!(\"x\"); }\n";
        assert_eq!(found("crates/lake/src/a.rs", body).problems.len(), 1);
        assert!(found("crates/odla/src/a.rs", body).problems.is_empty());
    }

    #[test]
    fn long_functions_and_long_lists_of_parameters_are_remarked() {
        let body = format!(
            "//! What?\nfn f(a: u8, b: (u8, u8), c: u8, d: u8, e: [u8; 2]) {{\n{}}}\n",
            "g();\n".repeat(70)
        );
        let remarks = found("crates/lake/src/a.rs", &body).remarks;
        assert_eq!(remarks.len(), 2, "{remarks:?}");
        assert!(remarks[1].contains("5 parameters"), "{remarks:?}");
    }
}
