//! How do dates, numbers and chosen words of ours come into a frame's SQL?

/// Fills each `{name}` of a query. Values are made by the program: what a user wrote goes in as a parameter (`$1`).
pub(super) fn fill(template: &str, values: &[(&str, String)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |sql, (name, value)| {
            sql.replace(&format!("{{{name}}}"), value)
        })
}

/// The query that stands under `-- part: <name>` in a file of several.
pub(super) fn part(file: &'static str, name: &str) -> &'static str {
    file.split("-- part: ")
        .find_map(|text| text.strip_prefix(name)?.strip_prefix('\n'))
        .expect("the file is part of the program and its frame tests read every part")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_several_queries_is_read_by_part() {
        let file = "-- about\n-- part: first\nselect 1\n-- part: second\nselect {n}\n";
        assert_eq!(part(file, "first"), "select 1\n");
        assert_eq!(
            fill(part(file, "second"), &[("n", 2.to_string())]),
            "select 2\n"
        );
    }
}
