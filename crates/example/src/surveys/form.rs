//! How is one invitation, and one response, put on paper?

use crate::company::{Company, store_id};
use crate::customer::Customer;
use crate::history::History;
use crate::write::Rows;

pub struct Ask<'a> {
    pub wave: &'a str,
    pub day: i32,
    pub minute: i32,
    pub probability: f64,
}

pub fn write_asked(
    company: &Company,
    customer: &Customer,
    ask: &Ask,
    never: bool,
    rows: &mut Rows,
) {
    rows.text(&customer.id()).text(ask.wave);
    if never {
        rows.blanks(2).number(0.0, 2);
    } else {
        let channel = if customer.number.is_multiple_of(3) {
            "sms"
        } else {
            "mail"
        };
        rows.instant(&company.calendar, ask.day, ask.minute)
            .text(channel);
        rows.number(ask.probability, 2);
    }
    rows.flag(never).end();
}

/// One response being written, question by question.
pub struct Form<'a> {
    pub company: &'a Company,
    pub response: String,
    pub customer: String,
    pub contact: Option<String>,
    pub at: (i32, i32),
    pub wave: String,
    pub survey: &'static str,
    pub touchpoint: Option<&'static str>,
    pub interaction: Option<String>,
    pub order: Option<String>,
    pub unit: String,
    pub language: &'static str,
    pub count: usize,
}

impl<'a> Form<'a> {
    pub fn new(
        company: &'a Company,
        history: &History,
        kind: (&str, &'static str, &str),
        at: (i32, i32),
    ) -> Self {
        let customer = &history.customer;
        let contact =
            (!history.persons.is_empty()).then(|| crate::relations::contact_id(customer, 0));
        Form {
            company,
            response: format!("{}{:07}-{}", kind.0, customer.number, kind.2),
            customer: customer.id(),
            contact,
            at,
            wave: kind.2.to_string(),
            survey: kind.1,
            touchpoint: None,
            interaction: None,
            order: None,
            unit: store_id(customer.store),
            language: if customer.number.is_multiple_of(17) {
                "en"
            } else {
                "sv"
            },
            count: 0,
        }
    }

    pub fn put(&mut self, rows: &mut Rows, question: &str, value: f64, scale: (i64, i64)) {
        self.head(rows, question);
        let kept = value.round().clamp(scale.0 as f64, scale.1 as f64);
        rows.whole(kept as i64)
            .whole(scale.0)
            .whole(scale.1)
            .blank()
            .text(self.language)
            .end();
    }

    pub fn say(&mut self, rows: &mut Rows, question: &str, text: &str) {
        self.head(rows, question);
        rows.blanks(3).text(text).text(self.language).end();
    }

    fn head(&mut self, rows: &mut Rows, question: &str) {
        self.count += 1;
        rows.id(format_args!("{}-{:02}", self.response, self.count))
            .text(&self.response);
        rows.text(&self.customer).maybe(self.contact.as_deref());
        rows.instant(&self.company.calendar, self.at.0, self.at.1);
        rows.text(&self.wave)
            .text(self.survey)
            .maybe(self.touchpoint);
        rows.maybe(self.interaction.as_deref())
            .maybe(self.order.as_deref());
        rows.text(&self.unit).text(question);
    }
}

pub const SWEET: &[&str] = &[
    "Ni löste det direkt, tack!",
    "Kunnig personal som lyssnar.",
    "Leveransen kom när ni sa.",
    "Jag handlar gärna här igen.",
    "Det märks att ni bryr er.",
];
pub const MILD: &[&str] = &[
    "Helt okej, men ni kommer aldrig med egna förslag.",
    "Bra varor, lite dyrt.",
    "Svårt att jämföra modeller på sidan.",
    "Fungerar som det ska.",
];
pub const SOUR: &[&str] = &[
    "Paketet var sent igen och ingen hörde av sig.",
    "Fakturan var fel två gånger.",
    "Jag blev skickad mellan er och fraktbolaget.",
    "Fick vänta länge i telefon utan att få svar.",
    "Ni lovade en sak och gjorde en annan.",
];
