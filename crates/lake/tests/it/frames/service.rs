//! Does the service frame hold the contacts with their follow-ups, and what became of the customers?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::frames::service::ServiceFrame;
use odla_lake::frames::service::{ServiceParams, service};

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

async fn frame(given: &[Given]) -> ServiceFrame {
    let params = ServiceParams::standard(date(2026, 6, 30));
    service(&ledger(given).await, &params)
        .await
        .expect("a frame")
}

const CONTACTS: &[&str] = &[
    "interaction_id,customer_id,at,process,reason,initiator,channel,minutes,wait_minutes,resolved,repeat_of,unit_id,employee_group",
    "i1,k1,2024-02-01T10:00:00,service,fault,customer,phone,12.5,2,false,,KS,g1",
    "i2,k1,2025-09-01T10:00:00,service,fault,customer,phone,8,1,false,,KS,g2",
    "i3,k1,2025-09-03T10:00:00,service,fault,customer,phone,9,,true,i2,KS,g1",
    "i4,k2,2025-10-01T11:00:00,billing,invoice,customer,mail,4,3,true,,KS,g1",
    "i5,k2,2025-10-01T11:00:00,sales,talk,us,phone,20,,,,B1,s1",
    "i6,k2,2026-07-02T11:00:00,service,fault,customer,phone,4,3,true,,KS,g1",
];

const COSTS: &[&str] = &[
    "cost_id,period,process,pool,unit_id,amount,driver,capacity",
    "b1,2026-01,service,kundservice,KS,900,minutes,100",
    "b2,2026-01,sales,lokaler,,5000,none,",
];

#[tokio::test]
async fn contacts_know_what_they_follow_and_what_followed() {
    let frame = frame(&[
        table("customers", &["customer_id,kind", "k1,company", "k2,person"]),
        table("interactions", CONTACTS),
        table("costs", COSTS),
        table(
            "contracts",
            &[
                "contract_id,customer_id,started_on,term_months,monthly_amount,monthly_cost,ended_on",
                "v1,k1,2025-01-01,12,300,200,2026-01-01",
                "v2,k2,2020-03-01,12,500,,",
            ],
        ),
    ])
    .await;
    let contacts = &frame.contacts;
    assert_eq!(contacts.customer, [0, 0, 0, 1]);
    assert_eq!(contacts.attempt, [1, 1, 2, 1]);
    assert_eq!(contacts.followed, [false, true, false, false]);
    assert_eq!(contacts.contract, [false, true, true, true]);
    assert_eq!(contacts.company, [true, true, true, false]);
    assert!(contacts.wait[2].is_nan());
    let fault: Vec<_> = frame
        .volumes
        .iter()
        .filter(|v| v.reason == "fault")
        .collect();
    assert_eq!(
        (fault[0].contacts, fault[0].firsts, fault[0].minutes),
        (2.0, 1.0, 17.0)
    );
    assert_eq!((frame.pools.len(), frame.pools[0].amount), (1, 900.0));
    assert_eq!(frame.share_read, 1.0);
}

#[tokio::test]
async fn renewals_meet_the_cases_of_the_year_before_them() {
    let frame = frame(&[
        table("customers", &["customer_id,kind", "k1,company", "k2,person"]),
        table("interactions", CONTACTS),
        table(
            "contracts",
            &[
                "contract_id,customer_id,started_on,term_months,monthly_amount,monthly_cost,ended_on",
                "v1,k1,2025-01-01,12,300,200,2026-01-01",
                "v2,k2,2020-03-01,12,500,,",
            ],
        ),
    ])
    .await;
    let renewals = &frame.renewals;
    // Only renewals with some months of contacts before them: not the one a month after the first contact.
    assert_eq!(renewals.customer_id, ["k1", "k2", "k2"]);
    assert_eq!(renewals.ended, [true, false, false]);
    assert_eq!(renewals.margin, [100.0, 500.0, 500.0]);
    assert_eq!(renewals.met.len(), 2);
    let met = &renewals.met[0];
    assert_eq!(
        (met.row, met.reason.as_str(), met.cases, met.failed),
        (0, "fault", 1.0, 1.0)
    );
    assert_eq!((renewals.met[1].row, renewals.met[1].failed), (2, 0.0));
}

#[tokio::test]
async fn buyers_without_a_contract_are_followed_for_a_year() {
    let frame = frame(&[
        table(
            "customers",
            &["customer_id,kind", "k1,company", "k2,person", "k3,person"],
        ),
        table("interactions", CONTACTS),
        table(
            "orders",
            &[
                "order_id,line_no,customer_id,ordered_on,net_amount",
                "o1,1,k1,2025-03-01,100",
                "o2,1,k2,2025-05-01,100",
                "o3,1,k2,2026-02-01,100",
                "o4,1,k3,2026-02-01,100",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.buyers.customer_id, ["k1", "k2"]);
    assert_eq!(frame.buyers.left, [true, false]);
    assert!(frame.renewals.customer_id.is_empty() && frame.buyers.met.is_empty());
}
