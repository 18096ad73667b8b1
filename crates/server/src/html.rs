//! How does a page look in a browser? Plain HTML that prints well and needs no script.

use odla_app::AppError;
use odla_app::pages::{Kept, Shown, name_of};
use odla_app::text::{Catalogue, Language, Section};
use odla_app::view::{CautionView, FigureView, PageView, TableView};
use std::fmt::Write;

pub const STYLE: &str = include_str!("style.css");

/// What stands around every page.
pub struct Frame<'a> {
    pub company: &'a str,
    pub language: Language,
    pub catalogue: &'a Catalogue,
    /// The word in the address, kept when the language is changed.
    pub address: &'a str,
}

impl Frame<'_> {
    pub fn page(&self, kept: &Kept, shown: &Shown) -> String {
        let (title, body) = match shown {
            Shown::Page(page) => (page.title.clone(), self.page_body(page)),
            Shown::Figure(figure) => (figure.label.clone(), self.figure_body(figure)),
        };
        let about = format!("{} · {}", kept.record.as_of, kept.record.id);
        self.around(&title, &about, &self.navigation(kept), &body)
    }

    pub fn failure(&self, error: &AppError) -> String {
        let (key, params) = error.message();
        let text = self.catalogue.say(Section::Errors, &key, &params);
        self.around("Odla", "", "", &format!("<h1>{}</h1>", escaped(&text)))
    }

    fn around(&self, title: &str, about: &str, navigation: &str, body: &str) -> String {
        let (code, other, other_name) = match self.language {
            Language::Sv => ("sv", "en", "English"),
            Language::En => ("en", "sv", "Svenska"),
        };
        format!(
            "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title} · {company}</title><link rel=\"stylesheet\" href=\"/style.css\"></head><body>\
             <header><span class=\"brand\">odla</span><nav>{navigation}</nav>\
             <a class=\"lang\" lang=\"{other}\" hreflang=\"{other}\" href=\"?lang={other}\">{other_name}</a></header>\
             <main><p class=\"about\">{company} {about}</p>{body}</main></body></html>",
            title = escaped(title),
            company = escaped(self.company),
            about = escaped(about),
        )
    }

    fn navigation(&self, kept: &Kept) -> String {
        let mut links = String::new();
        // The management page is computed last and read first.
        for capability in kept.record.computed.iter().rev().take(1).chain(kept.record.computed.iter().rev().skip(1).rev()) {
            let name = name_of(capability);
            let current = if name == self.address { " aria-current=\"page\"" } else { "" };
            let text = self.catalogue.word(Section::Words, &format!("page.{capability}"));
            let _ = write!(links, "<a href=\"/{name}\"{current}>{}</a>", escaped(&text));
        }
        links
    }

    fn page_body(&self, page: &PageView) -> String {
        let mut body = String::new();
        for (at, sentence) in page.sentences.iter().enumerate() {
            let tag = if at == 0 { "h1" } else { "p" };
            let _ = write!(body, "<{tag}>{}</{tag}>", escaped(sentence));
        }
        body.push_str("<dl class=\"figures\">");
        for figure in &page.figures {
            let _ = write!(
                body,
                "<div><dt><a href=\"/figures/{key}\">{label}</a></dt><dd>{text}</dd><dd class=\"doubt\">{doubt}</dd></div>",
                key = escaped(&figure.key),
                label = escaped(&figure.label),
                text = escaped(&figure.text),
                doubt = escaped(&self.doubt(figure)),
            );
        }
        body.push_str("</dl>");
        for table in &page.tables {
            body.push_str(&table_body(table));
        }
        body.push_str(&self.cautions(&page.cautions));
        body
    }

    fn figure_body(&self, figure: &FigureView) -> String {
        let word = |key: &str| self.catalogue.word(Section::Terminal, key);
        let mut facts = vec![
            (word("interval"), self.doubt(figure)),
            (word("method"), figure.method.clone()),
            (word("observations"), self.catalogue.numbers().decimal(figure.n as f64, 0)),
            (word("key"), figure.key.clone()),
        ];
        if let Some(grade) = figure.grade {
            facts.push((word("grade"), format!("{grade:?}")));
        }
        let mut body = format!(
            "<h1>{}: {}</h1><p>{}</p><dl class=\"facts\">",
            escaped(&figure.label),
            escaped(&figure.text),
            escaped(&figure.definition)
        );
        for (name, value) in facts {
            let _ = write!(body, "<dt>{}</dt><dd>{}</dd>", escaped(&name), escaped(&value));
        }
        let _ = write!(
            body,
            "</dl><p><a href=\"/api/v1/figures/{}/rows\">{}</a></p>",
            escaped(&figure.key),
            escaped(&word("open_rows"))
        );
        body.push_str(&self.cautions(&figure.cautions));
        body
    }

    /// The interval; for booked figures that word; for what cannot be told, why.
    fn doubt(&self, figure: &FigureView) -> String {
        match (&figure.interval_text, figure.value) {
            (Some(interval), _) => interval.clone(),
            (None, Some(_)) => self.catalogue.word(Section::Terminal, "booked"),
            (None, None) => figure.cautions.first().map(|caution| caution.text.clone()).unwrap_or_default(),
        }
    }

    fn cautions(&self, cautions: &[CautionView]) -> String {
        if cautions.is_empty() {
            return String::new();
        }
        let heading = self.catalogue.word(Section::Terminal, "cautions");
        let mut body = format!("<h2>{}</h2><ul>", escaped(&heading));
        for caution in cautions {
            let _ = write!(body, "<li>{}</li>", escaped(&caution.text));
        }
        body.push_str("</ul>");
        body
    }
}

fn table_body(table: &TableView) -> String {
    let mut body = format!(
        "<section><h2>{}</h2><div class=\"wide\" tabindex=\"0\"><table><thead><tr>",
        escaped(&table.title)
    );
    let class = |at: usize| if table.numeric[at] { " class=\"number\"" } else { "" };
    for (at, heading) in table.headings.iter().enumerate() {
        let _ = write!(body, "<th scope=\"col\"{}>{}</th>", class(at), escaped(heading));
    }
    body.push_str("</tr></thead><tbody>");
    for row in &table.cells {
        body.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let _ = write!(body, "<td{}>{}</td>", class(at), escaped(cell));
        }
        body.push_str("</tr>");
    }
    body.push_str("</tbody></table></div></section>");
    body
}

/// The customer's own words are text, never markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn markup_in_a_customers_words_is_shown_as_text() {
        assert_eq!(escaped("<b onclick='x'>&\""), "&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;");
    }
}
