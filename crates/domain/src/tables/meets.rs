//! How do we meet the customers, what goes wrong, and what do we spend on it?

use super::{Column, Kind, PROCESSES, Table, Words, column, key, refers, required};
use Kind::{Amount, Choice, Count, Date, Flag, Grade, Instant, Month, Number, Share, Text};

const PHASES: &[&str] = &["need", "search", "compare", "decide", "use", "renew"];

pub const INTERACTIONS: Table = Table {
    name: "interactions",
    about: Words {
        sv: "Varje möte mellan oss (eller en partner) och en kund.",
        en: "Every meeting between us (or a partner) and a customer.",
    },
    columns: INTERACTION_COLUMNS,
    extras: true,
    dated_by: Some("at"),
};

pub const INCIDENTS: Table = Table {
    name: "incidents",
    about: Words {
        sv: "Fel, hur vi än fick veta om dem.",
        en: "Faults, however we learned of them.",
    },
    columns: INCIDENT_COLUMNS,
    extras: false,
    dated_by: Some("occurred_on"),
};

pub const ACTIVITIES: Table = Table {
    name: "activities",
    about: Words {
        sv: "Allt vi gör för kunderna som kostar något.",
        en: "Everything we do towards customers that costs something.",
    },
    columns: &[
        key(
            "activity_id",
            Text,
            "Aktivitetens nyckel.",
            "The activity's key.",
        ),
        column("name", Text, "Aktivitetens namn.", "The activity's name."),
        column(
            "process",
            Choice(PROCESSES),
            "Processen den hör till.",
            "The process it belongs to.",
        ),
        column(
            "owner_id",
            Text,
            "Den ansvariga (pseudonym).",
            "The person in charge (a pseudonym).",
        ),
        column("started_on", Date, "Första dagen.", "The first day."),
        column("ended_on", Date, "Sista dagen.", "The last day."),
        column("planned_cost", Amount, "Planerad kostnad.", "Planned cost."),
        column(
            "target",
            Text,
            "Vad den ska leda till.",
            "What it shall lead to.",
        ),
    ],
    extras: false,
    dated_by: None,
};

pub const EXPOSURES: Table = Table {
    name: "exposures",
    about: Words {
        sv: "Vem som fick vad, och när.",
        en: "Who got what, and when.",
    },
    columns: &[
        refers(
            key("activity_id", Text, "Aktiviteten.", "The activity."),
            "activities",
        ),
        refers(
            key("customer_id", Text, "Kunden.", "The customer."),
            "customers",
        ),
        key("exposed_on", Date, "Dagen.", "The day."),
        column(
            "arm",
            Choice(&["treated", "control"]),
            "Behandlad eller kontroll, om det lottades.",
            "Treated or control, if it was randomized.",
        ),
        column("dose", Number, "Hur mycket.", "How much."),
        column("exposure_cost", Amount, "Vad det kostade.", "What it cost."),
    ],
    extras: false,
    dated_by: Some("exposed_on"),
};

pub const COSTS: Table = Table {
    name: "costs",
    about: Words {
        sv: "Kostnadspooler som stämmer med bokföringen.",
        en: "Cost pools tied to the books.",
    },
    columns: &[
        key("cost_id", Text, "Kostnadens nyckel.", "The cost's key."),
        required("period", Month, "Månaden.", "The month."),
        column("process", Choice(PROCESSES), "Processen.", "The process."),
        column("pool", Text, "Kostnadspoolen.", "The cost pool."),
        column("unit_id", Text, "Enheten.", "The unit."),
        column(
            "activity_id",
            Text,
            "Aktiviteten, om kostnaden hör till en.",
            "The activity, if the cost belongs to one.",
        ),
        required("amount", Amount, "Belopp.", "Amount."),
        column(
            "driver",
            Choice(&[
                "minutes",
                "orders",
                "lines",
                "deliveries",
                "returns",
                "customers",
                "none",
            ]),
            "Det som kostnaden följer.",
            "What the cost follows.",
        ),
        column(
            "capacity",
            Number,
            "Tillgängliga enheter av det som kostnaden följer.",
            "Units of the driver that are available.",
        ),
    ],
    extras: false,
    dated_by: Some("period"),
};

pub const CLUB_ENTRIES: Table = Table {
    name: "club_entries",
    about: Words {
        sv: "Lojalitetsprogrammets händelser.",
        en: "What happens in the loyalty program.",
    },
    columns: &[
        key("entry_id", Text, "Händelsens nyckel.", "The entry's key."),
        refers(
            required("customer_id", Text, "Kunden.", "The customer."),
            "customers",
        ),
        column("on", Date, "Dagen.", "The day."),
        column(
            "kind",
            Choice(&["join", "earn", "redeem", "expire", "leave"]),
            "Vad som hände.",
            "What happened.",
        ),
        column("points", Number, "Poäng.", "Points."),
        column(
            "entry_cost",
            Amount,
            "Vad det kostade oss.",
            "What it cost us.",
        ),
    ],
    extras: false,
    dated_by: Some("on"),
};

pub const PROMISES_KEPT: Table = Table {
    name: "promises_kept",
    about: Words {
        sv: "Bevis ur driften för offentliga löften.",
        en: "Operational evidence for public promises.",
    },
    columns: &[
        key("promise_key", Text, "Löftet.", "The promise."),
        refers(
            key("customer_id", Text, "Kunden.", "The customer."),
            "customers",
        ),
        key("at", Instant, "När.", "When."),
        column("kept", Flag, "Om löftet hölls.", "Whether it was kept."),
        column(
            "unit_id",
            Text,
            "Enheten som skulle hålla det; tomt är kundens egen.",
            "The unit that was to keep it; empty is the customer's own.",
        ),
    ],
    extras: false,
    dated_by: Some("at"),
};

pub const CONTENTS: Table = Table {
    name: "contents",
    about: Words {
        sv: "Information som vi erbjuder.",
        en: "Information that we offer.",
    },
    columns: &[
        key(
            "content_id",
            Text,
            "Innehållets nyckel.",
            "The content's key.",
        ),
        column(
            "buying_phase",
            Choice(PHASES),
            "Fasen i köpet.",
            "The phase of buying.",
        ),
        column(
            "need",
            Text,
            "Behovet som det svarar på.",
            "The need it answers.",
        ),
        column("language", Text, "Språk.", "Language."),
        column("text", Text, "Texten.", "The text."),
        column("evidence", Text, "Belägg.", "Evidence."),
    ],
    extras: false,
    dated_by: None,
};

pub const BRAND_TRACKER: Table = Table {
    name: "brand_tracker",
    about: Words {
        sv: "Varumärket bland dem som inte är kunder.",
        en: "The brand among those who are not customers.",
    },
    columns: &[
        key("wave", Text, "Mätningen.", "The wave."),
        key("segment", Text, "Gruppen.", "The group."),
        column(
            "known",
            Share,
            "Andel som känner till oss.",
            "Share who know us.",
        ),
        column(
            "considered",
            Share,
            "Andel som överväger oss.",
            "Share who consider us.",
        ),
        column(
            "preferred",
            Share,
            "Andel som helst väljer oss.",
            "Share who prefer us.",
        ),
        column("n", Count, "Antal svar.", "Number of answers."),
    ],
    extras: false,
    dated_by: None,
};

const INTERACTION_COLUMNS: &[Column] = &[
    key(
        "interaction_id",
        Text,
        "Mötets nyckel.",
        "The interaction's key.",
    ),
    refers(
        column(
            "customer_id",
            Text,
            "Kunden, när den är känd.",
            "The customer, when known.",
        ),
        "customers",
    ),
    column("contact_id", Text, "Kontaktpersonen.", "The contact."),
    required("at", Instant, "När.", "When."),
    column("process", Choice(PROCESSES), "Processen.", "The process."),
    column("touchpoint", Text, "Kontaktpunkten.", "The touchpoint."),
    column("channel", Text, "Kanalen.", "The channel."),
    column("reason", Text, "Varför.", "Why."),
    column(
        "initiator",
        Choice(&["us", "customer", "partner"]),
        "Vem som tog kontakt.",
        "Who made contact.",
    ),
    column(
        "forward_moving",
        Flag,
        "Om kundens framtid, inte ett utskick eller en påminnelse.",
        "About the customer's future, not a newsletter or a reminder.",
    ),
    column(
        "buying_phase",
        Choice(PHASES),
        "Fasen i köpet.",
        "The phase of buying.",
    ),
    column(
        "minutes",
        Number,
        "Minuter av vår tid.",
        "Minutes of our time.",
    ),
    column(
        "wait_minutes",
        Number,
        "Minuter som kunden väntade.",
        "Minutes the customer waited.",
    ),
    column(
        "resolved",
        Flag,
        "Om ärendet löstes.",
        "Whether it was resolved.",
    ),
    column(
        "repeat_of",
        Text,
        "Det tidigare mötet om samma sak.",
        "The earlier interaction about the same thing.",
    ),
    column(
        "handed_over",
        Flag,
        "Om kunden lämnades vidare.",
        "Whether the customer was handed over.",
    ),
    column("unit_id", Text, "Enheten.", "The unit."),
    column(
        "employee_group",
        Text,
        "Gruppen som svarade, aldrig en enskild.",
        "The group that answered, never an individual.",
    ),
    column("partner_id", Text, "Partnern.", "The partner."),
];

const INCIDENT_COLUMNS: &[Column] = &[
    key("incident_id", Text, "Felets nyckel.", "The incident's key."),
    refers(
        column("customer_id", Text, "Kunden.", "The customer."),
        "customers",
    ),
    column(
        "occurred_on",
        Date,
        "Dagen då det hände.",
        "The day it happened.",
    ),
    column(
        "known_from",
        Choice(&["customer", "operations", "survey", "social"]),
        "Hur vi fick veta.",
        "How we learned of it.",
    ),
    column(
        "reported_on",
        Date,
        "Dagen då kunden sade till; tomt om aldrig.",
        "The day the customer told us; empty if never.",
    ),
    column("kind", Text, "Slag av fel.", "Kind of fault."),
    column(
        "severity",
        Grade(1, 5),
        "Hur allvarligt, 1 till 5.",
        "How severe, 1 to 5.",
    ),
    column("cause", Text, "Orsak.", "Cause."),
    column(
        "our_account",
        Text,
        "Vår bild av vad som hände.",
        "Our account of what happened.",
    ),
    column(
        "customers_account",
        Text,
        "Kundens bild av vad som hände.",
        "The customer's account of what happened.",
    ),
    column(
        "resolved_on",
        Date,
        "Dagen då det löstes.",
        "The day it was resolved.",
    ),
    column(
        "resolved_well",
        Flag,
        "Kundens omdöme om lösningen.",
        "The customer's word on how it was resolved.",
    ),
    column(
        "compensation_cost",
        Amount,
        "Ersättning till kunden.",
        "Compensation to the customer.",
    ),
    column("order_id", Text, "Ordern.", "The order."),
    column("interaction_id", Text, "Mötet.", "The interaction."),
    column("unit_id", Text, "Enheten.", "The unit."),
    column("partner_id", Text, "Partnern.", "The partner."),
];
