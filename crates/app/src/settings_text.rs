//! How is one setting changed in the settings file without losing what people have written around it?

/// Puts `key = value` under `[section]` (before the first section when it is empty): in place of the line that is
/// there, also when it is commented out, otherwise at the end of the section. `None` takes the line out.
pub fn with(text: &str, section: &str, key: &str, value: Option<&str>) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (from, to) = bounds(&lines, section).unwrap_or_else(|| {
        lines.push(String::new());
        lines.push(format!("[{section}]"));
        (lines.len(), lines.len())
    });
    let at = place(&lines[from..to], key, false).or_else(|| place(&lines[from..to], key, true));
    match (at.map(|at| from + at), value) {
        (Some(at), Some(value)) => lines[at] = format!("{key} = {value}"),
        (Some(at), None) if !lines[at].trim_start().starts_with('#') => {
            lines.remove(at);
        }
        (Some(_), None) | (None, None) => {}
        (None, Some(value)) => {
            let filled = lines[from..to]
                .iter()
                .rposition(|line| !line.trim().is_empty());
            let end = filled.map_or(from, |last| from + last + 1);
            lines.insert(end, format!("{key} = {value}"));
        }
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// A text as TOML writes it.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The lines of a section, without its heading.
fn bounds(lines: &[String], section: &str) -> Option<(usize, usize)> {
    let heading = |line: &String| line.trim_start().starts_with('[');
    let from = match section {
        "" => 0,
        section => {
            let wanted = format!("[{section}]");
            lines.iter().position(|line| line.trim() == wanted)? + 1
        }
    };
    let to = lines[from..]
        .iter()
        .position(heading)
        .map_or(lines.len(), |at| from + at);
    Some((from, to))
}

fn place(lines: &[String], key: &str, commented: bool) -> Option<usize> {
    lines.iter().position(|line| {
        let line = line.trim_start();
        let line = match (commented, line.strip_prefix('#')) {
            (true, Some(rest)) => rest.trim_start(),
            (false, None) => line,
            _ => return false,
        };
        line.split_once('=')
            .is_some_and(|(name, _)| name.trim() == key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The name.\ncompany = \"A\"\n\n[analysis]\nlevel = 0.9\n# share = 0.3\n\n[server]\nx = 1\n";

    #[test]
    fn a_line_is_changed_and_everything_around_it_stays() {
        let text = with(TEXT, "", "company", Some("\"B\""));
        assert_eq!(text, TEXT.replace("\"A\"", "\"B\""));
        let text = with(TEXT, "analysis", "share", Some("0.4"));
        assert_eq!(text, TEXT.replace("# share = 0.3", "share = 0.4"));
    }

    #[test]
    fn a_new_line_stands_in_its_section_and_a_line_can_be_taken_out() {
        let text = with(TEXT, "analysis", "months", Some("12"));
        assert!(
            text.contains("# share = 0.3\nmonths = 12\n\n[server]"),
            "{text}"
        );
        assert!(!with(TEXT, "analysis", "level", None).contains("level"));
        assert_eq!(with(TEXT, "analysis", "share", None), TEXT);
        let text = with(TEXT, "new", "a", Some("1"));
        assert!(text.ends_with("\n[new]\na = 1\n"), "{text}");
    }
}
