//! Who may do what, and whose customers does a person see?

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a person is in the company, as far as this program is concerned. A person may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Administrator,
    Management,
    Analyst,
    CustomerOwner,
    Service,
    Employee,
    Ombudsman,
    DataProtectionOfficer,
}

/// What somebody may do. An access token carries some of its owner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Figures of the whole company and of groups, no single customer.
    SeeOverview,
    SeeCustomers,
    /// One customer's time line, and the rows behind a figure.
    SeeCustomerDetails,
    Decide,
    Import,
    Analyze,
    Export,
    /// People, roles, tokens, settings.
    Administer,
    SeeAudit,
    Erase,
    SeeMethods,
    /// Not a right but its limit: customers outside the person's own units are hidden.
    SeeOwnUnitOnly,
}

impl Role {
    pub const ALL: [Self; 8] = [
        Self::Administrator,
        Self::Management,
        Self::Analyst,
        Self::CustomerOwner,
        Self::Service,
        Self::Employee,
        Self::Ombudsman,
        Self::DataProtectionOfficer,
    ];

    /// As in JSON and in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Management => "management",
            Self::Analyst => "analyst",
            Self::CustomerOwner => "customer_owner",
            Self::Service => "service",
            Self::Employee => "employee",
            Self::Ombudsman => "ombudsman",
            Self::DataProtectionOfficer => "data_protection_officer",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether the work needs the whole company when no unit is named.
    pub const fn sees_whole_company(self) -> bool {
        match self {
            Self::Administrator
            | Self::Management
            | Self::Analyst
            | Self::Ombudsman
            | Self::DataProtectionOfficer => true,
            Self::CustomerOwner | Self::Service | Self::Employee => false,
        }
    }

    /// What the role may do. Nobody may both run the place and decide about customers by the same role.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{
            Administer, Analyze, Decide, Erase, Export, Import, SeeAudit, SeeCustomerDetails,
            SeeCustomers, SeeMethods, SeeOverview,
        };
        match self {
            Self::Administrator => &[
                SeeOverview,
                SeeCustomers,
                SeeCustomerDetails,
                Import,
                Analyze,
                Export,
                Administer,
                SeeAudit,
                SeeMethods,
            ],
            Self::Management => &[
                SeeOverview,
                SeeCustomers,
                SeeCustomerDetails,
                Decide,
                Export,
                SeeMethods,
            ],
            Self::Analyst => &[
                SeeOverview,
                SeeCustomers,
                SeeCustomerDetails,
                Import,
                Analyze,
                Export,
                SeeMethods,
            ],
            Self::CustomerOwner => &[
                SeeOverview,
                SeeCustomers,
                SeeCustomerDetails,
                Decide,
                Export,
                SeeMethods,
            ],
            Self::Service => &[SeeOverview, SeeCustomers, SeeCustomerDetails, SeeMethods],
            Self::Employee => &[SeeOverview, SeeMethods],
            Self::Ombudsman => &[
                SeeOverview,
                SeeCustomers,
                SeeCustomerDetails,
                Export,
                SeeAudit,
                SeeMethods,
            ],
            Self::DataProtectionOfficer => &[
                SeeCustomers,
                SeeCustomerDetails,
                Export,
                SeeAudit,
                Erase,
                SeeMethods,
            ],
        }
    }
}

impl Permission {
    pub const ALL: [Self; 12] = [
        Self::SeeOverview,
        Self::SeeCustomers,
        Self::SeeCustomerDetails,
        Self::Decide,
        Self::Import,
        Self::Analyze,
        Self::Export,
        Self::Administer,
        Self::SeeAudit,
        Self::Erase,
        Self::SeeMethods,
        Self::SeeOwnUnitOnly,
    ];

    /// As in JSON and in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SeeOverview => "see_overview",
            Self::SeeCustomers => "see_customers",
            Self::SeeCustomerDetails => "see_customer_details",
            Self::Decide => "decide",
            Self::Import => "import",
            Self::Analyze => "analyze",
            Self::Export => "export",
            Self::Administer => "administer",
            Self::SeeAudit => "see_audit",
            Self::Erase => "erase",
            Self::SeeMethods => "see_methods",
            Self::SeeOwnUnitOnly => "see_own_unit_only",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.word() == word)
    }
}

/// What all roles together allow. Without a role that sees the whole company, the limit to own units is among them.
pub fn permissions_of(roles: &[Role]) -> BTreeSet<Permission> {
    let mut permissions: BTreeSet<Permission> = roles
        .iter()
        .flat_map(|role| role.permissions())
        .copied()
        .collect();
    if !roles.iter().any(|role| role.sees_whole_company()) {
        permissions.insert(Permission::SeeOwnUnitOnly);
    }
    permissions
}

/// What a token may do: what it was made for, as far as its owner still may. The owner's limit is always its limit.
pub fn permissions_of_token(
    scopes: &BTreeSet<Permission>,
    owner: &BTreeSet<Permission>,
) -> BTreeSet<Permission> {
    let limit = Permission::SeeOwnUnitOnly;
    let mut permissions: BTreeSet<Permission> = scopes.intersection(owner).copied().collect();
    permissions.remove(&limit);
    permissions.extend(owner.get(&limit));
    permissions
}

/// A unit of our own organization and the one it belongs to, as in the table `units`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitNode {
    pub unit_id: String,
    pub parent_id: Option<String>,
}

/// Which customers' rows a person may see, by the unit of the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Every customer, those without a unit too.
    All,
    /// Customers of these units only; none when it is empty.
    Units(BTreeSet<String>),
}

impl Sight {
    /// Whether a customer of this unit may be seen; `None` is a customer that belongs to no unit.
    pub fn holds(&self, unit_id: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Units(units) => unit_id.is_some_and(|unit| units.contains(unit)),
        }
    }

    pub const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

/// The row rule: named units with everything below them; without named units the whole company or nothing, by role.
///
/// A named unit that the tree does not hold still counts: its customers may have been imported before it.
/// A tree that bites its own tail ends where it meets itself.
pub fn sight_of(units: &[UnitNode], unit_ids: &[String], roles: &[Role]) -> Sight {
    if unit_ids.is_empty() {
        return if roles.iter().any(|role| role.sees_whole_company()) {
            Sight::All
        } else {
            Sight::Units(BTreeSet::new())
        };
    }
    let mut below: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for unit in units {
        if let Some(parent) = &unit.parent_id {
            below.entry(parent).or_default().push(&unit.unit_id);
        }
    }
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = unit_ids.iter().map(String::as_str).collect();
    while let Some(unit) = next.pop() {
        if seen.insert(unit.to_owned()) {
            next.extend(below.get(unit).into_iter().flatten());
        }
    }
    Sight::Units(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Vec<UnitNode> {
        let unit = |id: &str, parent: Option<&str>| UnitNode {
            unit_id: id.to_owned(),
            parent_id: parent.map(str::to_owned),
        };
        vec![
            unit("company", None),
            unit("north", Some("company")),
            unit("south", Some("company")),
            unit("umea", Some("north")),
            unit("lund", Some("south")),
        ]
    }

    fn named(units: &[&str]) -> Vec<String> {
        units.iter().map(|&unit| unit.to_owned()).collect()
    }

    #[test]
    fn a_person_of_a_region_sees_its_stores_and_no_others() {
        let sight = sight_of(&tree(), &named(&["north"]), &[Role::CustomerOwner]);
        assert!(sight.holds(Some("north")) && sight.holds(Some("umea")));
        assert!(!sight.holds(Some("lund")) && !sight.holds(Some("company")));
        assert!(
            !sight.holds(None),
            "a customer of no unit belongs to nobody's unit"
        );
    }

    #[test]
    fn without_units_management_sees_all_and_service_nothing() {
        assert!(sight_of(&tree(), &[], &[Role::Management]).is_all());
        let nothing = sight_of(&tree(), &[], &[Role::Service, Role::Employee]);
        assert_eq!(nothing, Sight::Units(BTreeSet::new()));
        assert!(!nothing.holds(Some("north")) && !nothing.holds(None));
        assert_eq!(sight_of(&tree(), &[], &[]), nothing);
    }

    #[test]
    fn a_manager_with_a_named_unit_is_held_to_it() {
        let sight = sight_of(&tree(), &named(&["lund"]), &[Role::Management]);
        assert_eq!(sight, Sight::Units(["lund".to_owned()].into()));
    }

    #[test]
    fn a_tree_that_bites_its_tail_and_an_unknown_unit_do_no_harm() {
        let mut units = tree();
        units[0].parent_id = Some("umea".to_owned());
        let sight = sight_of(&units, &named(&["north", "new"]), &[Role::Service]);
        let Sight::Units(seen) = sight else {
            panic!("named units never mean all")
        };
        assert_eq!(
            seen,
            ["company", "lund", "new", "north", "south", "umea"]
                .map(str::to_owned)
                .into()
        );
    }

    #[test]
    fn several_roles_allow_what_each_allows() {
        let both = permissions_of(&[Role::Administrator, Role::Management]);
        assert!(both.contains(&Permission::Administer) && both.contains(&Permission::Decide));
        assert!(!both.contains(&Permission::SeeOwnUnitOnly));
        assert!(!permissions_of(&[Role::Administrator]).contains(&Permission::Decide));
    }

    #[test]
    fn only_administrators_administer_and_only_the_officer_erases() {
        for role in Role::ALL {
            let may = permissions_of(&[role]);
            assert_eq!(
                may.contains(&Permission::Administer),
                role == Role::Administrator
            );
            assert_eq!(
                may.contains(&Permission::Erase),
                role == Role::DataProtectionOfficer
            );
        }
        assert_eq!(permissions_of(&[]), [Permission::SeeOwnUnitOnly].into());
    }

    #[test]
    fn a_token_never_may_more_than_its_owner_and_keeps_the_owners_limit() {
        let owner = permissions_of(&[Role::CustomerOwner]);
        let asked = [Permission::SeeCustomers, Permission::Administer].into();
        assert_eq!(
            permissions_of_token(&asked, &owner),
            [Permission::SeeCustomers, Permission::SeeOwnUnitOnly].into()
        );
        let free = permissions_of(&[Role::Analyst]);
        let limited = [Permission::SeeOwnUnitOnly].into();
        assert!(permissions_of_token(&limited, &free).is_empty());
    }

    #[test]
    fn words_are_the_same_in_json_and_in_the_store() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
        for permission in Permission::ALL {
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.word());
            assert_eq!(Permission::from_word(permission.word()), Some(permission));
        }
        assert_eq!(Role::from_word("root"), None);
    }
}
