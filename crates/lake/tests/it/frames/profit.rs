//! Does the profit frame hold what was sold, what it cost, and the books to the last decimal?

use super::small_ledger::{Given, ledger};
use jiff::civil::{Date, date};
use odla_domain::Money;
use odla_domain::frames::profit::{CostPool, Item, ProfitFrame};
use odla_lake::frames::profit::{ProfitParams, profit};

fn given(table: &'static str, lines: &[&str]) -> Given {
    Given(table, lines.join("\n"))
}

const ORDERS: &str = "order_id,line_no,customer_id,ordered_on,delivered_on,list_amount,discount_amount,net_amount,\
                      goods_cost,freight_cost,returned_amount,returned_on,paid_on,unit_id";
const COSTS: &str = "cost_id,period,process,pool,unit_id,amount,driver,capacity";
const INTERACTIONS: &str = "interaction_id,customer_id,at,process,minutes,unit_id";
const CUSTOMERS: &str = "customer_id,unit_id,acquired_on,acquisition_cost";

async fn frame(tables: &[Given]) -> ProfitFrame {
    frame_as_of(tables, date(2025, 12, 31)).await
}

async fn frame_as_of(tables: &[Given], as_of: Date) -> ProfitFrame {
    let ctx = ledger(tables).await;
    profit(&ctx, &ProfitParams { as_of })
        .await
        .expect("a frame")
}

fn of(frame: &ProfitFrame, customer: &str, item: Item) -> String {
    let row = frame
        .customers
        .customer_id
        .iter()
        .position(|id| id == customer)
        .expect("the customer");
    frame.customers.of(item)[row].to_string()
}

fn pool<'f>(frame: &'f ProfitFrame, id: &str) -> &'f CostPool {
    frame
        .pools
        .iter()
        .find(|pool| pool.cost_id == id)
        .expect("the pool")
}

#[tokio::test]
async fn the_year_is_counted_by_day_and_returns_on_the_day_they_came_back() {
    let frame = frame(&[
        given(
            "customers",
            &[CUSTOMERS, "a,,2025-03-01,500", "b,,2020-01-01,900", "c,,,"],
        ),
        given(
            "orders",
            &[
                ORDERS,
                "o1,1,a,2025-01-01,,120,20,100,60,5,,,2025-01-31,",
                "o1,2,a,2025-01-01,,50,,,30,2,,,,",
                "o2,1,a,2024-12-31,,80,0,80,40,4,30,2025-01-10,,",
                "o3,1,a,2026-01-01,,999,0,999,1,1,,,,",
                "o4,1,b,2024-06-01,,70,0,70,,3,,,,",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.customers.customer_id, ["a", "b", "c"]);
    assert_eq!(frame.customers.orders, [1, 0, 0]);
    assert_eq!(frame.customers.days_since_order[..2], [364.0, 578.0]);
    assert!(frame.customers.days_since_order[2].is_nan());
    let a = |item| of(&frame, "a", item);
    assert_eq!(
        (a(Item::List), a(Item::Discount), a(Item::Net)),
        ("170.00".into(), "20.00".into(), "150.00".into())
    );
    assert_eq!(
        (a(Item::Goods), a(Item::Freight), a(Item::Returned)),
        ("90.00".into(), "7.00".into(), "30.00".into())
    );
    assert_eq!(
        (a(Item::CreditDays), a(Item::Acquisition)),
        ("3000.00".into(), "500.00".into())
    );
    assert_eq!(of(&frame, "b", Item::Acquisition), "0.00");
    let years: Vec<_> = frame
        .years
        .iter()
        .map(|year| (year.years_back, year.of(Item::Net).to_string()))
        .collect();
    assert!(
        years.contains(&(0, "150.00".into())) && years.contains(&(1, "150.00".into())),
        "{years:?}"
    );
    let without: Money = frame
        .years
        .iter()
        .map(|year| year.of(Item::NetWithoutGoods))
        .sum();
    assert_eq!(without.to_string(), "70.00");
}

#[tokio::test]
async fn allocated_and_unallocated_are_the_books_per_period_and_pool() {
    let frame = frame(&[
        given("customers", &[CUSTOMERS, "a,s1,,", "b,s2,,"]),
        given(
            "units",
            &[
                "unit_id,name,kind,parent_id",
                "r,R,region,",
                "s1,S1,store,r",
                "s2,S2,store,r",
            ],
        ),
        given(
            "orders",
            &[
                ORDERS,
                "o1,1,a,2025-11-03,2025-11-05,10,0,10,1,0,,,,s1",
                "o1,2,a,2025-11-03,2025-11-05,10,0,10,1,0,,,,s1",
                "o2,1,b,2025-11-04,2025-12-01,10,0,10,1,0,5,2025-12-20,,s2",
            ],
        ),
        given(
            "interactions",
            &[
                INTERACTIONS,
                "i1,a,2025-11-03T10:00:00Z,service,10,s1",
                "i2,b,2025-11-30T10:00:00Z,service,20,s2",
                "i3,,2025-11-30T11:00:00Z,service,30,s2",
                "i4,a,2025-11-30T11:00:00Z,sales,1,s1",
            ],
        ),
        given(
            "costs",
            &[
                COSTS,
                // 100 for 60 minutes used by all units of the region: a bears a sixth, b a third, the unknown nobody's.
                "k1,2025-11,service,desk,r,100,minutes,",
                // Twice the capacity that was used stands unused.
                "k2,2025-11,service,store,s1,90,minutes,30",
                "k3,2025-11,logistics,picking,,7,lines,",
                "k4,2025-11,logistics,packing,,7,orders,",
                "k5,2025-12,logistics,carrier,,4,deliveries,",
                "k6,2025-12,logistics,returns,,3,returns,",
                "k7,2025-12,billing,invoices,,9,customers,",
                "k8,2025-12,brand,rent,,55.5,none,",
                "k9,2025-12,sales,visits,,20,minutes,",
                "later,2026-01,sales,visits,,20,minutes,",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.pools.len(), 9);
    let parts = |id: &str| pool(&frame, id).allocated.to_string();
    assert_eq!(parts("k1"), "50.00");
    assert_eq!(parts("k2"), "30.00");
    assert_eq!((parts("k3"), parts("k4")), ("7.00".into(), "7.00".into()));
    assert_eq!(
        (parts("k5"), parts("k6"), parts("k7")),
        ("4.00".into(), "3.00".into(), "9.00".into())
    );
    assert_eq!((parts("k8"), parts("k9")), ("0.00".into(), "0.00".into()));
    assert_eq!(
        (pool(&frame, "k1").used, pool(&frame, "k2").capacity),
        (60.0, 30.0)
    );
    assert_eq!(
        (
            pool(&frame, "k1").months_back,
            pool(&frame, "k5").months_back
        ),
        (1, 0)
    );
    // 100/6 + 30 to four decimals; 2/3 of 7 + 7/2 + no delivery in December.
    assert_eq!(of(&frame, "a", Item::ServeService), "46.6667");
    assert_eq!(of(&frame, "a", Item::ServeLogistics), "8.1667");
    assert_eq!(of(&frame, "b", Item::ServeLogistics), "12.8333");
    assert_eq!(of(&frame, "b", Item::ServeBilling), "4.50");
    let served = |year: &odla_domain::frames::profit::ProfitYear| {
        Item::SERVE.iter().map(|&item| year.of(item)).sum::<Money>()
    };
    let years: Money = frame.years.iter().map(served).sum();
    let customers: Money = Item::SERVE
        .iter()
        .flat_map(|&item| frame.customers.of(item))
        .copied()
        .sum();
    let pools: Money = frame.pools.iter().map(|pool| pool.allocated).sum();
    assert_eq!((years, customers), (pools, pools));
}

#[tokio::test]
async fn a_contract_is_billed_on_its_day_each_month_until_it_ends() {
    let frame = frame(&[
        given("customers", &[CUSTOMERS, "a,,,", "b,,,", "c,,,"]),
        given("contracts", &[
            "contract_id,customer_id,started_on,term_months,monthly_amount,monthly_cost,ended_on",
            // 24 bills, 12 in the last year.
            "k1,a,2024-01-15,12,100,40,",
            // Ended on the day of its renewal: twelve bills, seven of them in the last year.
            "k2,b,2024-08-01,12,10,,2025-08-01",
            "k3,c,2026-01-01,12,1000,1,",
        ]),
    ])
    .await;
    assert_eq!(of(&frame, "a", Item::ContractRevenue), "1200.00");
    assert_eq!(of(&frame, "a", Item::ContractCost), "480.00");
    assert_eq!(of(&frame, "b", Item::ContractRevenue), "70.00");
    assert_eq!(of(&frame, "b", Item::ContractWithoutCost), "70.00");
    assert_eq!(of(&frame, "c", Item::ContractRevenue), "0.00");
    let year = |back| {
        frame
            .years
            .iter()
            .find(|year| year.years_back == back)
            .expect("the year")
    };
    assert_eq!(year(0).of(Item::ContractRevenue).to_string(), "1270.00");
    assert_eq!(year(1).of(Item::ContractRevenue).to_string(), "1250.00");
}

#[tokio::test]
async fn costs_laid_on_a_customer_by_name_are_read_with_their_year() {
    let frame = frame(&[
        given("customers", &[CUSTOMERS, "a,,,"]),
        given(
            "exposures",
            &[
                "activity_id,customer_id,exposed_on,exposure_cost",
                "x,a,2025-05-01,12.5",
                "x,a,2024-05-01,7",
            ],
        ),
        given(
            "incidents",
            &[
                "incident_id,customer_id,occurred_on,compensation_cost",
                "f,a,2025-12-31,3",
            ],
        ),
        given(
            "club_entries",
            &[
                "entry_id,customer_id,on,entry_cost",
                "e,a,2025-02-02,1.25",
                "f,a,2026-02-02,9",
            ],
        ),
    ])
    .await;
    assert_eq!(of(&frame, "a", Item::Exposures), "12.50");
    assert_eq!(of(&frame, "a", Item::Compensation), "3.00");
    assert_eq!(of(&frame, "a", Item::Club), "1.25");
    let all: Money = frame
        .years
        .iter()
        .map(|year| year.of(Item::Exposures))
        .sum();
    assert_eq!(all.to_string(), "19.50");
}

#[tokio::test]
async fn within_a_month_the_last_whole_month_ends_the_year_of_costs() {
    let tables = [
        given("customers", &[CUSTOMERS, "a,,,"]),
        given(
            "interactions",
            &[INTERACTIONS, "i1,a,2025-11-03T10:00:00Z,service,10,"],
        ),
        given(
            "costs",
            &[
                COSTS,
                "k1,2025-11,service,desk,,100,minutes,",
                "k2,2025-12,service,desk,,100,minutes,",
            ],
        ),
    ];
    let frame = frame_as_of(&tables, date(2025, 12, 15)).await;
    assert_eq!(frame.pools.len(), 1);
    assert_eq!(frame.pools[0].months_back, 0);
    assert_eq!(of(&frame, "a", Item::ServeService), "100.00");
}
