//! Are the written pages in order: one sentence per line, numbered decisions, sources and method pages that exist?

use super::Findings;
use super::files::Tree;
use std::collections::BTreeSet;

pub fn check(tree: &Tree, findings: &mut Findings) {
    for page in tree.under("", ".md") {
        check_links(tree, &page.path, &page.text, findings);
        check_sentences(&page.path, &page.text, findings);
    }
    check_decisions(tree, findings);
    check_sources(tree, findings);
    check_methods(tree, findings);
}

/// Links to files of the project must lead somewhere.
fn check_links(tree: &Tree, path: &str, text: &str, findings: &mut Findings) {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for (_, rest) in text
        .match_indices("](")
        .map(|(at, _)| (at, &text[at + 2..]))
    {
        let target = rest.split([')', '#', '\n']).next().unwrap_or_default();
        if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let place = joined(folder, target);
        let inside = format!("{place}/");
        if !tree
            .files
            .iter()
            .any(|file| file.path == place || file.path.starts_with(&inside))
        {
            findings.problem(format!("{path}: the link {target} leads nowhere"));
        }
    }
}

fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// One sentence per line keeps changes readable. Tables, lists of sources and code are left alone.
fn check_sentences(path: &str, text: &str, findings: &mut Findings) {
    let mut in_code = false;
    let mut first = None;
    let mut count = 0;
    for (number, line) in text.lines().enumerate() {
        in_code ^= line.trim_start().starts_with("```");
        if !in_code
            && !line.starts_with(['|', '<', '#'])
            && !line.starts_with("* [")
            && has_two_sentences(line)
        {
            first.get_or_insert(number + 1);
            count += 1;
        }
    }
    if let Some(first) = first {
        findings.remark(format!(
            "{path}: {count} lines hold several sentences, the first is line {first}"
        ));
    }
}

fn has_two_sentences(line: &str) -> bool {
    line.match_indices(['.', '?', '!']).any(|(at, _)| {
        let before = line[..at].rsplit([' ', '(']).next().unwrap_or_default();
        let mut after = line[at + 1..].chars();
        let short = before.len() < 3
            || before.contains('.')
            || before.chars().all(|letter| letter.is_ascii_digit());
        !short && after.next() == Some(' ') && after.next().is_some_and(char::is_uppercase)
    })
}

/// `docs/adr/0001-title.md`, `0002-...`: no gaps, the same number in the heading, all named in the index.
fn check_decisions(tree: &Tree, findings: &mut Findings) {
    let index = tree.text("docs/adr/README.md").unwrap_or_default();
    let records = tree
        .under("docs/adr/", ".md")
        .filter(|file| !file.path.ends_with("README.md"));
    for (at, file) in records.enumerate() {
        let name = &file.path["docs/adr/".len()..];
        let number = format!("{:04}", at + 1);
        if !name.starts_with(&format!("{number}-")) {
            findings.problem(format!(
                "{}: decision number {number} was expected here",
                file.path
            ));
        }
        if !file
            .text
            .starts_with(&format!("# {}", &name[..name.len().min(4)]))
        {
            findings.problem(format!(
                "{}: the heading begins with the file's number",
                file.path
            ));
        }
        if !index.contains(name) {
            findings.problem(format!("{}: not in docs/adr/README.md", file.path));
        }
    }
}

/// Source keys such as `[FHL2005]` in the code must stand in the list of references.
fn check_sources(tree: &Tree, findings: &mut Findings) {
    let list = tree.text("crates/stats/REFERENCES.md").unwrap_or_default();
    let known: BTreeSet<&str> = source_keys(list).collect();
    for file in tree.under("crates/", ".rs") {
        let comments = file
            .text
            .lines()
            .filter(|line| line.trim_start().starts_with("//"));
        for key in comments
            .flat_map(source_keys)
            .filter(|key| !known.contains(key))
            .collect::<BTreeSet<_>>()
        {
            findings.problem(format!(
                "{}: [{key}] is not in crates/stats/REFERENCES.md",
                file.path
            ));
        }
    }
}

/// Keys in square brackets: a capital letter first, four digits of a year at the end, perhaps a letter after them.
fn source_keys(text: &str) -> impl Iterator<Item = &str> {
    text.split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(key, _)| key)
        .filter(|key| {
            let bare = key
                .strip_suffix(|letter: char| letter.is_ascii_lowercase())
                .unwrap_or(key);
            let name = bare.trim_end_matches(|letter: char| letter.is_ascii_digit());
            bare.len() == name.len() + 4
                && name.starts_with(|letter: char| letter.is_ascii_uppercase())
                && name.chars().all(|letter| letter.is_ascii_alphabetic())
        })
}

/// Every method that a figure names has its page in both languages.
fn check_methods(tree: &Tree, findings: &mut Findings) {
    let mut methods = BTreeSet::new();
    for file in tree.under("crates/insight/src/", ".rs") {
        let code = file
            .text
            .split("#[cfg(test)]\nmod ")
            .next()
            .unwrap_or_default();
        for (at, opening) in code.match_indices("method: \"") {
            methods.insert(
                code[at + opening.len()..]
                    .split('"')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
    }
    for method in methods {
        for language in ["sv", "en"] {
            let page = format!("docs/methods/{method}.{language}.md");
            if tree.text(&page).is_none() {
                findings.problem(format!(
                    "{page} is missing, although a figure names the method"
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Findings {
        let mut findings = Findings::default();
        check(&Tree::of(files), &mut findings);
        findings
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let files = [
            (
                "docs/a.md",
                "See [b](b.md), [c](../README.md), [d](https://example.org/x).\n",
            ),
            ("README.md", ""),
        ];
        assert_eq!(
            found(&files).problems,
            ["docs/a.md: the link b.md leads nowhere"]
        );
    }

    #[test]
    fn two_sentences_on_a_line_are_remarked_but_not_abbreviations() {
        assert_eq!(
            found(&[("a.md", "One thing. Another thing.\n")])
                .remarks
                .len(),
            1
        );
        assert!(
            found(&[("a.md", "See e.g. Anna, fig. 3. and 2. Next\nOne.\n")])
                .remarks
                .is_empty()
        );
    }

    #[test]
    fn decisions_are_numbered_without_gaps() {
        let files = [
            ("docs/adr/0001-a.md", "# 0001 A\n"),
            ("docs/adr/0003-b.md", "# 0003 B\n"),
            ("docs/adr/README.md", "0001-a.md 0003-b.md"),
        ];
        assert_eq!(
            found(&files).problems,
            ["docs/adr/0003-b.md: decision number 0002 was expected here"]
        );
    }

    #[test]
    fn a_source_that_is_not_listed_is_found() {
        let files = [
            (
                "crates/stats/REFERENCES.md",
                "* [FHL2005] Fader and others\n",
            ),
            (
                "crates/stats/src/a.rs",
                "//! As [FHL2005] eq. 3 and [SC2001a]; x[i2005]\n",
            ),
        ];
        let problems = found(&files).problems;
        assert_eq!(
            problems,
            ["crates/stats/src/a.rs: [SC2001a] is not in crates/stats/REFERENCES.md"]
        );
    }

    #[test]
    fn a_method_without_a_page_is_found() {
        let files = [
            (
                "crates/insight/src/a/mod.rs",
                "const A: B = B { method: \"bg_nbd\" };",
            ),
            ("docs/methods/bg_nbd.sv.md", "# BG/NBD\n"),
        ];
        assert_eq!(found(&files).problems.len(), 1);
    }
}
