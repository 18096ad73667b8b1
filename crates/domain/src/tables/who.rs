//! Who are the customers, and who are we?

use super::{Column, Kind, Table, Words, column, key, refers, required};
use Kind::{Amount, Choice, Date, Flag, Share, Text};

pub const CUSTOMERS: Table = Table {
    name: "customers",
    about: Words {
        sv: "En rad per kundrelation: person eller företag.",
        en: "One row per customer relation: a person or a company.",
    },
    columns: CUSTOMER_COLUMNS,
    extras: true,
    dated_by: None,
};

pub const UNITS: Table = Table {
    name: "units",
    about: Words {
        sv: "Vår egen organisation: företag, region, butik eller team.",
        en: "Our own organization: company, region, store or team.",
    },
    columns: &[
        key("unit_id", Text, "Enhetens nyckel.", "The unit's key."),
        column("name", Text, "Enhetens namn.", "The unit's name."),
        column(
            "kind",
            Text,
            "Slag av enhet, till exempel butik.",
            "Kind of unit, such as store.",
        ),
        column(
            "parent_id",
            Text,
            "Enheten som den hör till.",
            "The unit it belongs to.",
        ),
    ],
    extras: false,
    dated_by: None,
};

pub const PARTNERS: Table = Table {
    name: "partners",
    about: Words {
        sv: "De som möter kunden i vårt ställe, och leverantörer.",
        en: "Those who meet the customer in our place, and suppliers.",
    },
    columns: &[
        key(
            "partner_id",
            Text,
            "Partnerns nyckel.",
            "The partner's key.",
        ),
        column("name", Text, "Partnerns namn.", "The partner's name."),
        column(
            "kind",
            Choice(&[
                "supplier",
                "carrier",
                "payment",
                "marketplace",
                "installer",
                "other",
            ]),
            "Vad partnern gör.",
            "What the partner does.",
        ),
    ],
    extras: false,
    dated_by: None,
};

pub const CONTACTS: Table = Table {
    name: "contacts",
    about: Words {
        sv: "Nyckelpersoner hos kunden.",
        en: "Key persons at the customer.",
    },
    columns: &[
        key(
            "contact_id",
            Text,
            "Kontaktpersonens nyckel.",
            "The contact's key.",
        ),
        refers(
            required("customer_id", Text, "Kunden.", "The customer."),
            "customers",
        ),
        column("name", Text, "Personens namn.", "The person's name."),
        column(
            "email",
            Text,
            "Personens e-postadress.",
            "The person's e-mail address.",
        ),
        column(
            "role",
            Choice(&["decides", "uses", "pays", "champions", "blocks"]),
            "Personens roll i köpet.",
            "The person's part in buying.",
        ),
        column("since", Date, "Kontakt sedan.", "A contact since."),
        column(
            "left_on",
            Date,
            "Dagen då personen slutade.",
            "The day the person left.",
        ),
    ],
    extras: false,
    dated_by: None,
};

const CUSTOMER_COLUMNS: &[Column] = &[
    key(
        "customer_id",
        Text,
        "Kundens nyckel.",
        "The customer's key.",
    ),
    column("name", Text, "Kundens namn.", "The customer's name."),
    column(
        "kind",
        Choice(&["person", "company"]),
        "Person eller företag.",
        "Person or company.",
    ),
    column(
        "parent_id",
        Text,
        "Moderbolaget, också en kund.",
        "The parent company, itself a customer.",
    ),
    column(
        "parent_since",
        Date,
        "Dotterbolag sedan.",
        "A subsidiary since.",
    ),
    column("segment", Text, "Kundgrupp.", "Customer group."),
    column("region", Text, "Region.", "Region."),
    column(
        "unit_id",
        Text,
        "Enheten hos oss som äger relationen.",
        "The unit of ours that owns the relation.",
    ),
    column(
        "owner_id",
        Text,
        "Vår kundansvariga (pseudonym).",
        "Our person in charge (a pseudonym).",
    ),
    column(
        "acquired_on",
        Date,
        "Dagen då kunden blev kund.",
        "The day the customer became one.",
    ),
    column(
        "acquisition_channel",
        Text,
        "Hur kunden hittade till oss.",
        "How the customer found us.",
    ),
    column(
        "acquisition_cost",
        Amount,
        "Vad det kostade att vinna kunden.",
        "What it cost to win the customer.",
    ),
    column(
        "first_deal_discount",
        Share,
        "Rabatt på första affären, andel 0 till 1.",
        "Discount on the first deal, a share from 0 to 1.",
    ),
    column(
        "marketing_consent",
        Flag,
        "Kunden har sagt ja till marknadsföring.",
        "The customer agreed to marketing.",
    ),
    column(
        "profiling_objected",
        Flag,
        "Kunden har sagt nej till profilering.",
        "The customer objected to profiling.",
    ),
    column(
        "survey_excluded",
        Flag,
        "Kunden ska inte få enkäter.",
        "The customer shall not be surveyed.",
    ),
    column(
        "club_joined_on",
        Date,
        "Medlem i klubben sedan.",
        "A club member since.",
    ),
];
