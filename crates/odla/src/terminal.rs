//! How does a page, a table or a failure look in a terminal?

use crate::arguments::Arguments;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use odla_app::AppError;
use odla_app::Settings;
use odla_app::text::{Catalogue, Language, Section};
use odla_app::view::{CautionView, FigureView, PageView, TableView};
use odla_domain::Params;
use serde::Serialize;
use std::io::{IsTerminal, Write};

const NARROW: usize = 60;
const WIDE: usize = 110;
const LONGEST_NAME: usize = 32;
/// Longer tables are told of, not printed.
const MOST_ROWS: usize = 60;

/// Writes a line on stdout, as `println!` does, but ends quietly when the reader has gone (`odla ... | head`).
macro_rules! say {
    ($($part:tt)*) => { $crate::terminal::put(&format!($($part)*)) };
}
pub(crate) use say;

pub fn put(line: &str) {
    // Any other failure has nowhere left to be told: stdout itself cannot be written.
    if let Err(error) = writeln!(std::io::stdout().lock(), "{line}")
        && error.kind() == std::io::ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}

/// One reader at one terminal: language, color, width, JSON or text.
pub struct Terminal {
    pub language: Language,
    pub json: bool,
    texts: Catalogue,
    color: bool,
}

impl Terminal {
    pub fn new(language: Language, arguments: &Arguments) -> Self {
        let no_color = arguments.no_color || std::env::var_os("NO_COLOR").is_some();
        Self {
            language,
            json: arguments.json,
            texts: Catalogue::new(language, "SEK"),
            color: !no_color && std::io::stdout().is_terminal(),
        }
    }

    #[must_use]
    pub fn of_company(&self, settings: &Settings) -> Self {
        let texts = Catalogue::new(self.language, &settings.currency);
        Self {
            texts: texts.with_labels(settings.labels(self.language)),
            ..*self
        }
    }

    pub fn texts(&self) -> &Catalogue {
        &self.texts
    }

    /// One JSON document on stdout and nothing else there.
    pub fn document(&self, value: &impl Serialize) -> Result<(), AppError> {
        let text = serde_json::to_string_pretty(value).map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })?;
        say!("{text}");
        Ok(())
    }

    /// Talk about the work, on stderr.
    pub fn tell(&self, key: &str, params: &Params) {
        eprintln!("{}", self.texts.say(Section::Terminal, key, params));
    }

    pub fn fail(&self, error: &AppError) {
        let (key, params) = error.message();
        eprintln!("odla: {}", self.texts.say(Section::Errors, &key, &params));
    }

    /// A bar that shows itself only when a person is watching.
    pub fn progress(&self, total: u64, what: &str) -> ProgressBar {
        if self.json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg:24} {bar:30} {percent:>3} %  {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(total).with_style(style);
        bar.set_message(what.to_owned());
        bar
    }

    pub fn page(&self, page: &PageView) {
        say!("\n{}", self.strong(&page.title));
        say!("{}", self.faint(&format!("{} · {}", page.as_of, page.run)));
        for (at, sentence) in page.sentences.iter().enumerate() {
            let lines = wrapped(sentence, self.width());
            say!("\n{}", if at == 0 { self.strong(&lines) } else { lines });
        }
        if !page.figures.is_empty() {
            say!("\n{}", self.figures(&page.figures));
        }
        for table in &page.tables {
            say!("\n{}", self.strong(&table.title));
            if table.cells.len() > MOST_ROWS {
                say!("{}", self.left_out(&page.page, table));
            } else {
                say!("{}", self.table(table));
            }
        }
        self.cautions(&page.cautions);
    }

    /// The data of a picture are for a file, not for a screen of text.
    fn left_out(&self, page: &str, table: &TableView) -> String {
        let params = Params::from([
            ("rows".to_owned(), (table.cells.len() as f64).into()),
            ("page".to_owned(), page.into()),
            ("table".to_owned(), table.key.as_str().into()),
        ]);
        self.texts.say(Section::Terminal, "many_rows", &params)
    }

    pub fn cautions(&self, cautions: &[CautionView]) {
        if cautions.is_empty() {
            return;
        }
        say!(
            "\n{}",
            self.strong(&self.texts.word(Section::Terminal, "cautions"))
        );
        for caution in cautions {
            say!("{}", wrapped(&format!("- {}", caution.text), self.width()));
        }
    }

    /// One figure with everything that answers "how do we know?".
    pub fn figure(&self, figure: &FigureView) {
        say!("\n{}: {}", figure.label, self.strong(&figure.text));
        let mut lines = vec![wrapped(&figure.definition, self.width())];
        if let Some(interval) = &figure.interval_text {
            lines.push(self.pair("interval", interval));
        } else if figure.value.is_some() {
            lines.push(self.texts.word(Section::Terminal, "booked"));
        }
        lines.push(self.pair("method", &figure.method));
        lines.push(self.pair(
            "observations",
            &self.texts.numbers().decimal(figure.n as f64, 0),
        ));
        if let Some(grade) = figure.grade {
            lines.push(self.pair("grade", &format!("{grade:?}")));
        }
        lines.push(self.pair("run", &format!("{} · {}", figure.run, figure.as_of)));
        say!("{}", lines.join("\n"));
        self.cautions(&figure.cautions);
    }

    /// A plain table of texts; `numeric` columns stand to the right.
    pub fn grid(&self, headings: &[String], numeric: &[bool], rows: &[Vec<String>]) -> String {
        let mut grid = Table::new();
        grid.load_style(presets::NOTHING.header_separator(LineStyle::new(' ', '─', ' ', ' ')));
        grid.set_content_arrangement(ContentArrangement::Dynamic);
        grid.set_width(self.width() as u16);
        grid.set_header(headings);
        for row in rows {
            grid.add_row(row);
        }
        for (at, numeric) in numeric.iter().enumerate() {
            if let (true, Some(column)) = (numeric, grid.column_mut(at)) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        // Names are not broken, unless they are sentences: the other columns give way.
        let mut names = rows.iter().filter_map(|row| row.first());
        if names.all(|name| name.chars().count() <= LONGEST_NAME)
            && let Some(first) = grid.column_mut(0)
        {
            first.set_constraint(ColumnConstraint::ContentWidth);
        }
        grid.to_string()
    }

    fn table(&self, table: &TableView) -> String {
        self.grid(&table.headings, &table.numeric, &table.cells)
    }

    fn figures(&self, figures: &[FigureView]) -> String {
        let word = |key: &str| self.texts.word(Section::Terminal, key);
        let headings = [word("figure"), word("value"), word("interval"), word("key")];
        let rows: Vec<Vec<String>> = figures
            .iter()
            .map(|figure| self.figure_row(figure))
            .collect();
        self.grid(&headings, &[false, true, true, false], &rows)
    }

    /// A figure that cannot be told says why in the place of its interval.
    fn figure_row(&self, figure: &FigureView) -> Vec<String> {
        let doubt = match (&figure.interval_text, figure.value) {
            (Some(interval), _) => interval.clone(),
            (None, Some(_)) => self.texts.word(Section::Terminal, "booked"),
            (None, None) => figure
                .cautions
                .first()
                .map(|caution| caution.text.clone())
                .unwrap_or_default(),
        };
        let mark = if figure.cautions.is_empty() || figure.value.is_none() {
            ""
        } else {
            " *"
        };
        vec![
            figure.label.clone(),
            format!("{}{mark}", figure.text),
            doubt,
            figure.key.clone(),
        ]
    }

    fn pair(&self, key: &str, value: &str) -> String {
        format!("{}: {value}", self.texts.word(Section::Terminal, key))
    }

    fn width(&self) -> usize {
        let columns = console::Term::stdout()
            .size_checked()
            .map(|(_, columns)| usize::from(columns));
        columns.unwrap_or(WIDE).clamp(NARROW, WIDE)
    }

    fn strong(&self, text: &str) -> String {
        if self.color {
            format!("\u{1b}[1m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn faint(&self, text: &str) -> String {
        if self.color {
            format!("\u{1b}[2m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Breaks a text at spaces; a no-break space holds number and unit together.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        let length = line.chars().count() + word.chars().count() + 1;
        if line.is_empty() {
            line.push_str(word);
        } else if length > width {
            lines.push(word.to_owned());
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_break_at_spaces_but_not_inside_a_number() {
        assert_eq!(
            wrapped("värdet är 1\u{a0}200\u{a0}kr nu", 12),
            "värdet är\n1\u{a0}200\u{a0}kr nu"
        );
    }
}
