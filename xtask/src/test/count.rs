//! How many tests and checks passed and failed, as the runners themselves said?

use anyhow::Result;
use std::collections::BTreeSet;

/// The sum over all runners and checks.
#[derive(Debug, Default)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
    /// What tests said that they left out.
    pub left_out: BTreeSet<String>,
    red: Vec<String>,
}

impl Count {
    /// Remembers a check by name; a check that could not run has failed.
    pub fn check(&mut self, name: &str, result: Result<bool>) {
        match result {
            Ok(true) => {}
            Ok(false) => self.red.push(name.to_owned()),
            Err(error) => {
                eprintln!("{error:#}");
                self.red.push(name.to_owned());
            }
        }
    }

    /// Adds what `cargo test` printed: one `test result:` line per test program.
    pub fn add_cargo(&mut self, lines: &[String]) {
        for line in lines.iter().filter(|line| line.starts_with("test result:")) {
            self.passed += number_before(line, " passed");
            self.failed += number_before(line, " failed");
        }
        self.note_left_out(lines);
    }

    /// Adds what nextest printed in its summary. Whatever ran and did not pass has failed (timeouts too).
    pub fn add_nextest(&mut self, lines: &[String]) {
        if let Some(line) = lines.iter().rev().find(|line| line.contains(" run: ")) {
            let passed = number_before(line, " passed");
            self.passed += passed;
            self.failed += number_before(line, " test").saturating_sub(passed);
        }
        self.note_left_out(lines);
    }

    pub fn is_green(&self) -> bool {
        self.red.is_empty() && self.failed == 0 && self.passed > 0
    }

    /// The last line of a run. A failed check counts as a failure, so that the line cannot look better than the run.
    pub fn closing(&self) -> String {
        let checks = self
            .red
            .iter()
            .filter(|name| *name != "tests" || self.failed == 0)
            .count();
        let failed = self.failed + checks as u64;
        let names = if self.red.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.red.join(", "))
        };
        format!("{} passed, {failed} failed{names}", self.passed)
    }

    fn note_left_out(&mut self, lines: &[String]) {
        let said = lines
            .iter()
            .map(|line| line.trim())
            .filter(|line| line.starts_with("left out: "));
        self.left_out.extend(said.map(str::to_owned));
    }
}

/// The number that stands right before `word`, else 0.
fn number_before(line: &str, word: &str) -> u64 {
    let Some((before, _)) = line.split_once(word) else {
        return 0;
    };
    let digits = before
        .rsplit(|letter: char| !letter.is_ascii_digit())
        .next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_results_of_several_test_programs_are_added() {
        let mut count = Count::default();
        count.add_cargo(&lines(
            "test result: ok. 12 passed; 0 failed; 0 ignored\nleft out: cdnow: no data folder\n\
             test result: FAILED. 3 passed; 2 failed; 0 ignored",
        ));
        assert_eq!((count.passed, count.failed), (15, 2));
        assert_eq!(count.left_out.len(), 1);
        assert!(!count.is_green());
    }

    #[test]
    fn a_timed_out_test_counts_as_failed() {
        let mut count = Count::default();
        count.add_nextest(&lines(
            "     Summary [  12.1s] 40 tests run: 38 passed (2 slow), 1 failed, 1 timed out, 0 skipped",
        ));
        assert_eq!((count.passed, count.failed), (38, 2));
    }

    #[test]
    fn a_single_test_is_counted() {
        let mut count = Count::default();
        count.add_nextest(&lines(
            "     Summary [   0.003s] 1 test run: 1 passed, 0 skipped",
        ));
        assert_eq!((count.passed, count.failed), (1, 0));
    }

    #[test]
    fn a_failed_check_shows_in_the_closing_line() {
        let mut count = Count::default();
        count.add_cargo(&lines("test result: ok. 5 passed; 0 failed"));
        count.check("format", Ok(false));
        assert_eq!(count.closing(), "5 passed, 1 failed (format)");
        assert!(!count.is_green());
    }

    #[test]
    fn tests_that_did_not_compile_are_not_green() {
        let mut count = Count::default();
        count.check("tests", Ok(false));
        assert_eq!(count.closing(), "0 passed, 1 failed (tests)");
    }

    #[test]
    fn failed_tests_are_not_counted_twice() {
        let mut count = Count::default();
        count.add_cargo(&lines("test result: FAILED. 5 passed; 3 failed"));
        count.check("tests", Ok(false));
        assert_eq!(count.closing(), "5 passed, 3 failed (tests)");
    }
}
