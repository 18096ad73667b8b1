//! What of a Rust file is code that runs in the program: no comments, no texts, no tests?

/// The code with comments and the inside of literals blanked, line numbers kept, cut where the tests begin.
pub fn code_of(text: &str) -> String {
    let blank = blanked(text);
    match test_module(&blank) {
        Some(at) => blank[..at].to_owned(),
        None => blank,
    }
}

/// The identifiers of a line of blanked code.
pub fn identifiers(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .filter(|word| {
            word.chars()
                .next()
                .is_some_and(|first| first.is_alphabetic() || first == '_')
        })
}

/// The words of an identifier, lower case: `TicketOwner` and `ticket_owner` are both `ticket`, `owner`.
pub fn words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut last_was_lower = false;
    for letter in identifier.chars() {
        if letter == '_' || (letter.is_uppercase() && last_was_lower) {
            words.push(String::new());
        }
        if let (Some(word), false) = (words.last_mut(), letter == '_') {
            word.extend(letter.to_lowercase());
        }
        last_was_lower = letter.is_lowercase() || letter.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Replaces comments and the inside of string and character literals by spaces; keeps line breaks.
pub fn blanked(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let end = literal_or_comment(&letters, at);
        if end == at {
            out.push(letters[at]);
            at += 1;
            continue;
        }
        out.extend(
            letters[at..end]
                .iter()
                .map(|&letter| if letter == '\n' { '\n' } else { ' ' }),
        );
        at = end;
    }
    out
}

/// Where the literal or comment that starts at `at` ends; `at` itself when none starts here.
fn literal_or_comment(letters: &[char], at: usize) -> usize {
    let next = letters.get(at + 1).copied();
    match (letters[at], next) {
        ('/', Some('/')) => find(letters, at, |here| letters[here] == '\n'),
        ('/', Some('*')) => block_comment(letters, at),
        ('"', _) => quoted(letters, at + 1, '"'),
        ('\'', Some('\\')) => quoted(letters, at + 1, '\''),
        ('\'', Some(_)) if letters.get(at + 2) == Some(&'\'') => at + 3,
        ('r', Some('"' | '#')) if !continues_a_word(letters, at) => raw_string(letters, at),
        _ => at,
    }
}

fn continues_a_word(letters: &[char], at: usize) -> bool {
    at > 0
        && (letters[at - 1].is_alphanumeric() && letters[at - 1] != 'b' || letters[at - 1] == '_')
}

fn quoted(letters: &[char], from: usize, mark: char) -> usize {
    let mut at = from;
    while at < letters.len() {
        match letters[at] {
            '\\' => at += 2,
            letter if letter == mark => return at + 1,
            _ => at += 1,
        }
    }
    letters.len()
}

fn raw_string(letters: &[char], at: usize) -> usize {
    let hashes = letters[at + 1..]
        .iter()
        .take_while(|&&letter| letter == '#')
        .count();
    if letters.get(at + 1 + hashes) != Some(&'"') {
        return at;
    }
    let closes = |here: usize| {
        letters[here] == '"'
            && letters[here + 1..]
                .iter()
                .take_while(|&&letter| letter == '#')
                .count()
                >= hashes
    };
    (find(letters, at + 2 + hashes, closes) + 1 + hashes).min(letters.len())
}

fn block_comment(letters: &[char], at: usize) -> usize {
    let (mut depth, mut here) = (0, at);
    while here + 1 < letters.len() {
        match (letters[here], letters[here + 1]) {
            ('/', '*') => (depth, here) = (depth + 1, here + 2),
            ('*', '/') => (depth, here) = (depth - 1, here + 2),
            _ => here += 1,
        }
        if depth == 0 {
            return here;
        }
    }
    letters.len()
}

fn find(letters: &[char], from: usize, found: impl Fn(usize) -> bool) -> usize {
    (from..letters.len())
        .find(|&here| found(here))
        .unwrap_or(letters.len())
}

/// Where a module of tests written in the file begins; by habit it is the last thing in it.
fn test_module(code: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = code[from..].find("#[cfg(test)]").map(|at| at + from) {
        let after = code[at + "#[cfg(test)]".len()..].trim_start();
        let head = after.split(['{', ';']).next().unwrap_or_default();
        if head.starts_with("mod ") && after[head.len()..].starts_with('{') {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_blanked_and_lines_kept() {
        let code = blanked("let a = \"x.unwrap()\"; // b.unwrap()\n/* c\n*/ d('\"', '\\'', 'e');");
        assert!(!code.contains("unwrap"), "{code}");
        assert_eq!(code.lines().count(), 3);
        assert!(code.contains("let a ="));
        assert!(code.contains("d("));
    }

    #[test]
    fn lifetimes_and_raw_texts_do_not_confuse_the_scan() {
        let code = blanked("fn f<'k>(k: &'k str) { g(r#\"a \" ticket\"#, b\"x\\\"y\"); h() }");
        assert!(code.contains("'k>(k: &'k str)"), "{code}");
        assert!(code.contains("h()"), "{code}");
        assert!(!code.contains("ticket"), "{code}");
    }

    #[test]
    fn tests_at_the_end_of_a_file_are_cut() {
        let code = code_of("fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n");
        assert!(code.contains("fn a"));
        assert!(!code.contains("fn b"));
        assert!(code_of("#[cfg(test)]\nmod tests;\nfn a() {}").contains("fn a"));
    }

    #[test]
    fn an_identifier_falls_into_its_words() {
        assert_eq!(words("TicketOwner_id"), ["ticket", "owner", "id"]);
        assert_eq!(words("HTTPClient"), ["httpclient"]);
        assert_eq!(words("p2Value"), ["p2", "value"]);
    }
}
