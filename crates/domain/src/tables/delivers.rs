//! How are those who deliver it? No person key exists here, by design.

use super::{Kind, Table, Words, column, key};
use Kind::{Count, Month, Number, Share, Text};

pub const EMPLOYEE_ANSWERS: Table = Table {
    name: "employee_answers",
    about: Words {
        sv: "Medarbetarnas svar, utan personnyckel.",
        en: "The employees' answers, without a person key.",
    },
    columns: &[
        key(
            "response_id",
            Text,
            "Svarsomgången, kan inte knytas till en person.",
            "The response, which cannot be tied to a person.",
        ),
        key(
            "question",
            Text,
            "Frågans nyckel med prefix för blocket.",
            "The question's key with the block as prefix.",
        ),
        column("unit_id", Text, "Enheten.", "The unit."),
        column("wave", Text, "Mätningen.", "The wave."),
        column(
            "value",
            Number,
            "Svaret som tal.",
            "The answer as a number.",
        ),
        column(
            "scale_min",
            Number,
            "Skalans lägsta värde.",
            "The lowest value of the scale.",
        ),
        column(
            "scale_max",
            Number,
            "Skalans högsta värde.",
            "The highest value of the scale.",
        ),
        column("text", Text, "Svaret med ord.", "The answer in words."),
    ],
    extras: false,
    dated_by: None,
};

pub const UNIT_FACTS: Table = Table {
    name: "unit_facts",
    about: Words {
        sv: "Enheternas bemanning per månad.",
        en: "The units' staffing by month.",
    },
    columns: &[
        key("unit_id", Text, "Enheten.", "The unit."),
        key("period", Month, "Månaden.", "The month."),
        column(
            "headcount",
            Count,
            "Antal medarbetare.",
            "Number of employees.",
        ),
        column("left", Count, "Antal som slutade.", "Number who left."),
        column(
            "remote_share",
            Share,
            "Andel arbete på distans.",
            "Share of remote work.",
        ),
    ],
    extras: false,
    dated_by: Some("period"),
};
