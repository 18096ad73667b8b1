//! What do Swedish and English systems call a column of ours?

use odla_domain::tables::{Column, Kind};

/// Names by column; a table before the column when the word means something else elsewhere.
/// All in small letters without marks: å and ä are a, ö is o, and separators are gone.
const SYNONYMS: &[(&str, &str)] = &[
    (
        "customer_id",
        "kundnr kundnummer kundid kund customer customerno customernumber custid custno \
         clientid medlemsnr medlemsnummer userid debitor kontonr",
    ),
    (
        "customers.name",
        "kundnamn namn foretagsnamn customername companyname fullname",
    ),
    ("customers.kind", "kundtyp typ customertype type"),
    (
        "customers.parent_id",
        "moderbolag koncern koncernnr parent parentid",
    ),
    (
        "customers.segment",
        "segment kundgrupp customergroup customersegment kategori",
    ),
    (
        "customers.region",
        "region lan ort stad state country land city",
    ),
    (
        "customers.acquired_on",
        "kundsedan skapad registrerad customersince createdon signupdate startdatum \
         created",
    ),
    (
        "customers.acquisition_channel",
        "varvningskanal acquisitionchannel leadsource kalla",
    ),
    (
        "customers.owner_id",
        "kundansvarig saljare accountmanager owner",
    ),
    (
        "customers.marketing_consent",
        "samtycke nyhetsbrev marketingconsent optin newsletter",
    ),
    (
        "customers.club_joined_on",
        "medlemsedan klubbsedan membersince clubjoined",
    ),
    (
        "order_id",
        "ordernr ordernummer orderid fakturanr fakturanummer faktura invoice invoiceno \
         invoicenumber order orderno ordernumber kvittonr kvitto transaktionsid \
         transactionid bestallningsnr",
    ),
    (
        "line_no",
        "radnr radnummer rad orderrad line lineno linenumber orderitemid position",
    ),
    (
        "orders.ordered_on",
        "orderdatum datum fakturadatum bestallningsdatum kopdatum inkopsdatum orderdate \
         invoicedate date purchasedate transactiondate orderpurchasetimestamp bestalld \
         transaktionsdatum",
    ),
    (
        "orders.promised_on",
        "utlovad utlovadleverans lovatdatum beraknadleverans promiseddate \
         estimateddelivery orderestimateddeliverydate duedate",
    ),
    (
        "orders.delivered_on",
        "leveransdatum levererad levdatum deliverydate delivereddate shippeddate \
         orderdeliveredcustomerdate delivered",
    ),
    ("orders.paid_on", "betaldatum betald paiddate paymentdate"),
    ("orders.returned_on", "returdatum returnerad returndate"),
    (
        "orders.quantity",
        "antal kvantitet quantity qty units ncds st",
    ),
    (
        "orders.net_amount",
        "belopp nettobelopp radbelopp summa netto radsumma forsaljning amount netamount \
         linetotal total sales revenue value beloppexmoms exklmoms",
    ),
    (
        "orders.list_amount",
        "bruttobelopp listpris brutto grossamount listprice listamount",
    ),
    (
        "orders.discount_amount",
        "rabatt rabattbelopp discount discountamount",
    ),
    (
        "orders.goods_cost",
        "varukostnad inkopspris kostnad cost cogs goodscost sjalvkostnad",
    ),
    (
        "orders.freight_cost",
        "frakt fraktkostnad freight freightvalue shippingcost",
    ),
    (
        "orders.returned_amount",
        "returbelopp krediterat returnedamount refund refundamount",
    ),
    (
        "product_id",
        "artikelnr artikelnummer artnr artikel produkt produktnr produktid stockcode \
         sku product productcode itemid itemno",
    ),
    (
        "products.name",
        "benamning artikelnamn produktnamn description productname beskrivning",
    ),
    (
        "products.category",
        "varugrupp produktgrupp kategori category productcategoryname",
    ),
    ("channel", "kanal saljkanal forsaljningskanal saleschannel"),
    (
        "unit_id",
        "enhet butik butiksnr butiknr avdelning kostnadsstalle store storeid shop \
         branch team department unit office kontor",
    ),
    (
        "units.name",
        "namn enhetsnamn butiksnamn storename unitname",
    ),
    ("units.parent_id", "overordnad region tillhor parent"),
    ("seller_id", "saljare saljarid seller salesperson salesrep"),
    (
        "partner_id",
        "partner leverantor transportor carrier supplier speditor",
    ),
    (
        "contract_id",
        "avtalsnr avtalsnummer avtal avtalsid kontraktsnr abonnemangsnr abonnemang \
         contract contractno subscriptionid agreement polisnr",
    ),
    (
        "contracts.started_on",
        "startdatum avtalsstart fran frandatum startdate start validfrom borjar",
    ),
    (
        "contracts.ended_on",
        "slutdatum avslutad uppsagd upphorde enddate end cancelled terminated upphor \
         slut",
    ),
    (
        "contracts.term_months",
        "bindningstid lopetid avtalstid term termmonths",
    ),
    ("contracts.notice_days", "uppsagningstid notice noticedays"),
    (
        "contracts.next_renewal_on",
        "fornyas fornyelsedatum nastafornyelse renewal renewaldate nextrenewal",
    ),
    (
        "contracts.monthly_amount",
        "manadsavgift manadsbelopp manadskostnad avgift monthlyfee mrr monthlyamount \
         fee",
    ),
    (
        "contracts.end_reason",
        "orsak uppsagningsorsak avslutsorsak reason churnreason endreason",
    ),
    (
        "interaction_id",
        "arendenr arendeid arende arendenummer samtalsid ticket ticketid case caseid \
         callid interaction",
    ),
    (
        "interactions.at",
        "tid tidpunkt datum skapad starttid inkom time timestamp createdat starttime \
         date openedat",
    ),
    (
        "interactions.minutes",
        "minuter samtalstid handlaggningstid tidsatgang duration handletime talktime \
         samtalslangd langd sekunder seconds aht",
    ),
    (
        "interactions.wait_minutes",
        "vantetid kotid vantminuter waittime queuetime wait",
    ),
    (
        "interactions.reason",
        "orsak arendetyp amne anledning kontaktorsak reason subject category topic",
    ),
    ("interactions.touchpoint", "kontaktpunkt touchpoint"),
    (
        "interactions.resolved",
        "lost lostes fardig resolved solved closed",
    ),
    (
        "interactions.employee_group",
        "grupp team assignmentgroup group ko",
    ),
    (
        "incident_id",
        "avvikelseid avvikelse reklamationsnr reklamation felanmalan felnr incident \
         complaintid complaint",
    ),
    (
        "incidents.occurred_on",
        "datum intraffade feldatum occurred date occurredon",
    ),
    (
        "incidents.reported_on",
        "anmald anmaldatum reported reporteddate",
    ),
    ("incidents.kind", "feltyp typ slag type kind"),
    (
        "incidents.resolved_on",
        "atgardad lostdatum avslutad resolvedon resolveddate",
    ),
    (
        "incidents.compensation_cost",
        "ersattning kompensation gottgorelse compensation goodwill",
    ),
    ("answer_id", "svarsid svarid answer"),
    (
        "response_id",
        "respid respondent respondentid enkatid svarsnr responseid response respnum \
         surveyid ccgid",
    ),
    (
        "answered_at",
        "svarsdatum svarstid besvarad datum intervjudatum answered responsedate \
         submitdate submitted completedat reviewansweredat intdate date",
    ),
    (
        "answers.question",
        "fraga frageid fragenr frageid questionid questionkey",
    ),
    (
        "answers.value",
        "svar varde betyg poang score rating answer reviewscore",
    ),
    (
        "answers.text",
        "kommentar fritext fritextsvar comment verbatim feedback",
    ),
    ("answers.language", "sprak lang"),
    ("wave", "matning omgang vag kvartal period"),
    ("contact_id", "kontaktid kontaktperson contact"),
    ("contacts.name", "namn kontaktnamn contactname"),
    ("email", "epost mail epostadress emailaddress"),
    ("contacts.role", "roll befattning titel title position"),
    (
        "lead_id",
        "leadid lead mqlid offertnr offert affarsmojlighet opportunity opportunityid \
         quoteno",
    ),
    (
        "leads.created_at",
        "skapad inkom firstcontactdate created createddate",
    ),
    ("leads.source", "kalla ursprung origin leadsource"),
    ("leads.outcome", "utfall resultat status result"),
    ("leads.outcome_on", "avgjord beslutsdatum wondate closedate"),
    ("leads.amount", "belopp varde offertbelopp value dealvalue"),
    (
        "activity_id",
        "aktivitet aktivitetsid kampanj kampanjid campaign campaignid activity",
    ),
    ("activities.name", "namn kampanjnamn campaignname"),
    (
        "exposures.exposed_on",
        "datum skickat utskickat sent sentdate date",
    ),
    ("exposures.arm", "arm testgrupp segment variant treatment"),
    ("cost_id", "verifikation verifikationsnr vernr voucher"),
    ("costs.period", "manad month bokforingsmanad"),
    ("costs.amount", "belopp kostnad summa cost debet"),
    ("costs.pool", "konto kostnadsslag kontonamn account pool"),
    ("process", "processen omrade"),
    ("employee_answers.value", "svar varde betyg score answer"),
    ("employee_answers.question", "fraga frageid questionid"),
    (
        "unit_facts.headcount",
        "anstallda antalanstallda medarbetare employees",
    ),
    ("unit_facts.left", "slutat avgangar leavers"),
    ("unit_facts.period", "manad month"),
    ("quantity", "antal"),
];

const TABLE_NAMES: &[(&str, &str)] = &[
    (
        "customers",
        "kund kunder kundregister client clients customer",
    ),
    (
        "orders",
        "order ordrar orderrader forsaljning faktura fakturor kop transaktioner sales \
         invoice invoices transactions purchases",
    ),
    (
        "contracts",
        "avtal abonnemang kontrakt contract subscriptions",
    ),
    ("products", "produkter artiklar sortiment product"),
    (
        "interactions",
        "arenden samtal kontakter kundtjanst tickets calls cases",
    ),
    ("incidents", "avvikelser reklamationer fel complaints"),
    (
        "answers",
        "svar enkat enkater enkatsvar undersokning survey reviews nps nki",
    ),
    ("leads", "offerter affarer quotes opportunities deals lead"),
    ("costs", "kostnader bokforing huvudbok ledger"),
    ("units", "enheter butiker stores"),
    ("contacts", "kontaktpersoner"),
    ("activities", "aktiviteter kampanjer campaigns"),
    ("employee_answers", "medarbetarenkat medarbetare engagemang"),
];

const WORDS: &[(&str, &str)] = &[
    ("p", "person"),
    ("privat", "person"),
    ("privatperson", "person"),
    ("b2c", "person"),
    ("konsument", "person"),
    ("f", "company"),
    ("foretag", "company"),
    ("b2b", "company"),
    ("organisation", "company"),
    ("vunnen", "won"),
    ("forlorad", "lost"),
    ("oppen", "open"),
    ("pris", "price"),
    ("konkurrent", "rival"),
    ("upphort", "ceased"),
    ("konkurs", "ceased"),
    ("ovrigt", "other"),
    ("annat", "other"),
    ("faktura", "billing"),
    ("leverans", "logistics"),
    ("forsaljning", "sales"),
    ("kundtjanst", "service"),
];

/// Whether a name in a file means this column of this table.
pub fn means(name: &str, table: &str, column: &Column) -> bool {
    let name = folded(name).replace(|c: char| !c.is_ascii_alphanumeric(), "");
    let own = column.name.replace('_', "");
    if name == own {
        return true;
    }
    let qualified = format!("{table}.{}", column.name);
    SYNONYMS
        .iter()
        .filter(|(of, _)| *of == column.name || *of == qualified)
        .any(|(_, names)| names.split_whitespace().any(|known| known == name))
}

/// Whether the name of a file speaks of this table.
pub fn means_table(stem: &str, table: &str) -> bool {
    let folded = folded(stem);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let names = TABLE_NAMES
        .iter()
        .find(|(of, _)| *of == table)
        .map_or("", |(_, names)| names);
    words
        .iter()
        .any(|word| *word == table || names.split_whitespace().any(|name| name == *word))
}

/// The unit that the name of a column tells of, when it is not ours.
pub fn unit(name: &str, column: &Column) -> Option<&'static str> {
    let name = folded(name);
    let minutes = column.name.ends_with("minutes");
    match column.kind {
        Kind::Number if minutes && (name.contains("sek") || name.contains("sec")) => {
            Some("seconds")
        }
        Kind::Number if minutes && (name.contains("timm") || name.contains("hour")) => {
            Some("hours")
        }
        Kind::Amount
            if name.ends_with("ore") || name.contains("_ore") || name.contains("cents") =>
        {
            Some("ore")
        }
        Kind::Amount if name.contains("tkr") || name.contains("ksek") => Some("thousands"),
        Kind::Amount if name.contains("mkr") || name.contains("msek") => Some("millions"),
        _ => None,
    }
}

/// The word of the list that a value likely means; empty when it is for the person to say.
pub fn word(value: &str, words: &[&'static str]) -> &'static str {
    let folded = folded(value);
    let same = words.iter().find(|word| **word == folded);
    let translated = WORDS
        .iter()
        .find(|(from, to)| *from == folded && words.contains(to))
        .map(|(_, to)| to);
    same.or(translated).copied().unwrap_or("")
}

/// Small letters without marks.
pub fn folded(name: &str) -> String {
    name.trim()
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'å' | 'ä' | 'á' | 'à' => 'a',
            'ö' | 'ø' | 'ó' => 'o',
            'é' | 'è' => 'e',
            'ü' => 'u',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use odla_domain::tables::{TABLES, table};

    #[test]
    fn every_synonym_is_of_a_column_that_exists() {
        for (name, _) in SYNONYMS {
            let exists = match name.split_once('.') {
                Some((of, column)) => table(of).is_some_and(|table| table.column(column).is_some()),
                None => TABLES.iter().any(|table| table.column(name).is_some()),
            };
            assert!(exists, "{name}");
        }
    }

    #[test]
    fn swedish_and_english_names_are_known() {
        let orders = table("orders").expect("the table exists");
        for (name, column) in [
            ("Kundnr", "customer_id"),
            ("KUNDNUMMER", "customer_id"),
            ("Orderdatum", "ordered_on"),
            ("Belopp", "net_amount"),
            ("Antal", "quantity"),
            ("Faktura nr", "order_id"),
            ("Customer ID", "customer_id"),
            ("InvoiceDate", "ordered_on"),
            ("Säljare", "seller_id"),
        ] {
            assert!(
                means(name, "orders", orders.column(column).expect("a column")),
                "{name}"
            );
        }
    }
}
