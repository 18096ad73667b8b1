//! What do the customers do: buy, subscribe, recommend, ask for offers, leave?

use super::{Column, Kind, Table, Words, column, key, refers, required};
use Kind::{Amount, Choice, Count, Date, Instant, Number, Text};

pub const ORDERS: Table = Table {
    name: "orders",
    about: Words {
        sv: "Orderrader.",
        en: "Order lines.",
    },
    columns: ORDER_COLUMNS,
    extras: true,
    dated_by: Some("ordered_on"),
};

pub const CONTRACTS: Table = Table {
    name: "contracts",
    about: Words {
        sv: "Avtal och abonnemang.",
        en: "Contracts and subscriptions.",
    },
    columns: CONTRACT_COLUMNS,
    extras: false,
    dated_by: Some("started_on"),
};

pub const PRODUCTS: Table = Table {
    name: "products",
    about: Words {
        sv: "Det vi säljer.",
        en: "What we sell.",
    },
    columns: &[
        key(
            "product_id",
            Text,
            "Produktens nyckel.",
            "The product's key.",
        ),
        column("name", Text, "Produktens namn.", "The product's name."),
        column("category", Text, "Produktgrupp.", "Product group."),
        column("launched_on", Date, "Lanserad.", "Launched."),
    ],
    extras: false,
    dated_by: None,
};

pub const PRODUCT_FEATURES: Table = Table {
    name: "product_features",
    about: Words {
        sv: "Produkternas egenskaper och vad de kostar.",
        en: "The products' features and what they cost.",
    },
    columns: &[
        key("product_id", Text, "Produkten.", "The product."),
        key("feature", Text, "Egenskapen.", "The feature."),
        column(
            "feature_cost",
            Amount,
            "Vad egenskapen kostar per såld enhet.",
            "What the feature costs per unit sold.",
        ),
    ],
    extras: false,
    dated_by: None,
};

pub const REFERRALS: Table = Table {
    name: "referrals",
    about: Words {
        sv: "Rekommendationer som ledde till en ny kund.",
        en: "Recommendations that led to a new customer.",
    },
    columns: &[
        key(
            "referral_id",
            Text,
            "Rekommendationens nyckel.",
            "The referral's key.",
        ),
        refers(
            required(
                "customer_id",
                Text,
                "Kunden som rekommenderade.",
                "The customer who recommended.",
            ),
            "customers",
        ),
        refers(
            column(
                "referred_customer_id",
                Text,
                "Kunden som kom.",
                "The customer who came.",
            ),
            "customers",
        ),
        column("referred_on", Date, "Dagen.", "The day."),
    ],
    extras: false,
    dated_by: Some("referred_on"),
};

pub const LEADS: Table = Table {
    name: "leads",
    about: Words {
        sv: "Intresse, upphandlingar och offerter.",
        en: "Interest, tenders and quotes.",
    },
    columns: LEAD_COLUMNS,
    extras: false,
    dated_by: Some("created_at"),
};

pub const OUTSIDE_EVENTS: Table = Table {
    name: "outside_events",
    about: Words {
        sv: "Händelser utanför oss som påverkar kunderna.",
        en: "Events outside us that affect the customers.",
    },
    columns: &[
        key("event_id", Text, "Händelsens nyckel.", "The event's key."),
        column(
            "kind",
            Choice(&[
                "merger",
                "rival_leap",
                "substitute",
                "regulation",
                "stress_period",
                "other",
            ]),
            "Slag av händelse.",
            "Kind of event.",
        ),
        column("from", Date, "Första dagen.", "The first day."),
        column("to", Date, "Sista dagen.", "The last day."),
        refers(
            column(
                "customer_id",
                Text,
                "Kunden, om den gäller en.",
                "The customer, if it concerns one.",
            ),
            "customers",
        ),
        column(
            "segment",
            Text,
            "Kundgruppen, om den gäller en.",
            "The customer group, if it concerns one.",
        ),
        column("note", Text, "Vad som hände.", "What happened."),
    ],
    extras: false,
    dated_by: None,
};

const ORDER_COLUMNS: &[Column] = &[
    key("order_id", Text, "Ordern.", "The order."),
    key(
        "line_no",
        Count,
        "Radens nummer inom ordern.",
        "The line's number within the order.",
    ),
    refers(
        required("customer_id", Text, "Kunden.", "The customer."),
        "customers",
    ),
    required("ordered_on", Date, "Beställd.", "Ordered."),
    column(
        "promised_on",
        Date,
        "Utlovad leverans.",
        "Promised delivery.",
    ),
    column("delivered_on", Date, "Levererad.", "Delivered."),
    column("product_id", Text, "Produkten.", "The product."),
    column(
        "quantity",
        Number,
        "Antal; negativt vid retur.",
        "Quantity; negative for a return.",
    ),
    column(
        "list_amount",
        Amount,
        "Belopp före rabatt.",
        "Amount before discount.",
    ),
    column("discount_amount", Amount, "Rabatt.", "Discount."),
    column(
        "net_amount",
        Amount,
        "Belopp efter rabatt, utan moms.",
        "Amount after discount, without tax.",
    ),
    column("goods_cost", Amount, "Varukostnad.", "Cost of goods."),
    column(
        "freight_cost",
        Amount,
        "Fraktkostnad för oss.",
        "What freight costs us.",
    ),
    column(
        "returned_amount",
        Amount,
        "Återbetalt för returer.",
        "Refunded for returns.",
    ),
    column("returned_on", Date, "Returnerad.", "Returned."),
    column("paid_on", Date, "Betald.", "Paid."),
    column("channel", Text, "Försäljningskanal.", "Sales channel."),
    column("unit_id", Text, "Enheten som sålde.", "The unit that sold."),
    column(
        "seller_id",
        Text,
        "Säljaren (pseudonym).",
        "The seller (a pseudonym).",
    ),
    column(
        "partner_id",
        Text,
        "Partnern som levererade.",
        "The partner who delivered.",
    ),
];

const CONTRACT_COLUMNS: &[Column] = &[
    key(
        "contract_id",
        Text,
        "Avtalets nyckel.",
        "The contract's key.",
    ),
    refers(
        required("customer_id", Text, "Kunden.", "The customer."),
        "customers",
    ),
    column("product_id", Text, "Produkten.", "The product."),
    required(
        "started_on",
        Date,
        "Avtalets första dag.",
        "The contract's first day.",
    ),
    column(
        "term_months",
        Count,
        "Bindningstid i månader.",
        "Term in months.",
    ),
    column(
        "notice_days",
        Count,
        "Uppsägningstid i dagar.",
        "Notice in days.",
    ),
    column(
        "next_renewal_on",
        Date,
        "Nästa förnyelse.",
        "The next renewal.",
    ),
    column(
        "monthly_amount",
        Amount,
        "Intäkt per månad.",
        "Revenue per month.",
    ),
    column(
        "monthly_cost",
        Amount,
        "Direkt kostnad per månad.",
        "Direct cost per month.",
    ),
    column(
        "ended_on",
        Date,
        "Avtalets sista dag; tomt om det löper.",
        "The contract's last day; empty while it runs.",
    ),
    column(
        "end_reason",
        Choice(&[
            "rival", "merger", "ceased", "price", "service", "we_ended", "other",
        ]),
        "Varför avtalet tog slut.",
        "Why the contract ended.",
    ),
    column("unit_id", Text, "Enheten som sålde.", "The unit that sold."),
    column(
        "seller_id",
        Text,
        "Säljaren (pseudonym).",
        "The seller (a pseudonym).",
    ),
];

const LEAD_COLUMNS: &[Column] = &[
    key("lead_id", Text, "Förfrågans nyckel.", "The lead's key."),
    column("source", Text, "Var den kom ifrån.", "Where it came from."),
    column("created_at", Instant, "När den kom in.", "When it came in."),
    column(
        "first_response_at",
        Instant,
        "När vi först svarade.",
        "When we first answered.",
    ),
    column(
        "stage",
        Text,
        "Hur långt den har kommit.",
        "How far it has come.",
    ),
    column(
        "stage_at",
        Instant,
        "När den nådde dit.",
        "When it got there.",
    ),
    column(
        "outcome",
        Choice(&["won", "lost", "open"]),
        "Utfall.",
        "Outcome.",
    ),
    column(
        "outcome_on",
        Date,
        "Dagen för utfallet.",
        "The day of the outcome.",
    ),
    column("lost_reason", Text, "Varför vi förlorade.", "Why we lost."),
    column("rival", Text, "Konkurrenten.", "The rival."),
    refers(
        column(
            "customer_id",
            Text,
            "Kunden, när den är känd.",
            "The customer, when known.",
        ),
        "customers",
    ),
    column("amount", Amount, "Affärens värde.", "The deal's value."),
    column("hours", Number, "Nedlagda timmar.", "Hours spent."),
];
