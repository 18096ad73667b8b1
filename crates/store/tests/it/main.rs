//! Does the operational disk keep its promises, on SQLite and on PostgreSQL alike?

#![expect(
    clippy::unwrap_used,
    reason = "the cases of a suite may stop it, as the tests themselves may"
)]

mod audit;
mod bench;
mod decisions;
mod jobs;
mod killed;
mod links;
mod opening;
mod people;
mod postgres;
mod sessions;
mod settings;
mod tokens;
mod uploads;

use bench::Bench;
use std::future::Future;
use std::pin::Pin;

/// One promise, to be held on a fresh database of either engine.
type Case = fn(Bench) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// Makes a test on SQLite of each case, and the list of all for PostgreSQL.
macro_rules! suite {
    ($($room:ident { $($case:ident),+ $(,)? })+) => {
        const ALL: &[(&str, Case)] = &[
            $($((
                concat!(stringify!($room), "::", stringify!($case)),
                |bench| Box::pin($room::$case(bench)),
            ),)+)+
        ];
        mod on_sqlite {
            $(mod $room {
                $(#[test]
                fn $case() {
                    crate::bench::on_sqlite(crate::$room::$case);
                })+
            })+
        }
    };
}

suite! {
    audit {
        each_change_is_entered_with_who_and_when,
        an_altered_a_removed_and_a_cut_off_entry_are_found,
        entries_of_many_writers_make_one_chain,
        the_log_is_read_in_pages_and_by_subject,
    }
    decisions {
        the_latest_decision_stands_and_the_diary_keeps_all,
        undoing_brings_back_what_stood_before,
        undoing_an_older_decision_leaves_the_newer_standing,
        a_decision_is_undone_once_and_in_time,
        a_decision_on_what_has_changed_since_is_refused_whole,
        only_a_person_decides,
        decisions_at_the_same_moment_are_all_whole,
        a_hundred_thousand_customers_are_decided_on_and_looked_up,
        customers_come_in_the_order_of_their_bytes,
        it_shows_how_often_people_depart_from_the_proposal,
        a_forgotten_customer_leaves_every_decision,
        what_is_not_about_customers_is_kept_whole_and_undone,
    }
    jobs {
        eight_workers_never_run_a_job_twice,
        a_dead_workers_job_waits_again_and_its_late_word_is_not_taken,
        a_dead_workers_unrepeatable_job_has_failed,
        a_job_that_kills_its_worker_is_given_up,
        the_same_key_is_the_same_job,
        a_key_asked_for_by_many_at_once_makes_one_job,
        a_beating_heart_keeps_the_job_and_tells_how_far_it_is,
        jobs_of_one_lane_wait_for_each_other,
    }
    links {
        the_setup_link_works_once_though_many_come_at_once,
        a_new_setup_link_stops_the_old_and_none_is_made_afterwards,
        a_setup_that_fails_leaves_the_link_unspent,
        an_invitation_lets_somebody_choose_a_password_once,
    }
    opening {
        a_newer_database_is_refused,
        programs_that_start_together_make_one_database,
    }
    people {
        an_address_is_taken_in_capital_and_small_letters,
        a_change_of_an_old_version_is_refused,
        two_administrators_cannot_remove_each_other,
        people_come_in_pages_by_address,
        text_that_one_engine_cannot_keep_is_refused_by_both,
        the_companys_sign_in_calls_one_person_by_a_name,
    }
    sessions {
        an_unused_session_ends,
        a_used_session_lives_until_its_end,
        a_changed_role_counts_at_once_and_an_inactive_person_is_out,
        a_new_password_signs_out_everywhere,
        the_database_holds_no_secret,
        a_sign_in_elsewhere_comes_back_once,
        attempts_are_counted_in_their_window,
        what_has_ended_is_swept_away,
    }
    settings {
        settings_are_put_all_or_none,
        a_setting_that_somebody_else_changed_is_a_conflict,
        a_view_belongs_to_its_owner_and_is_shared_when_asked,
    }
    tokens {
        a_token_may_what_it_was_made_for_while_its_owner_may,
        a_token_ends_by_time_by_hand_and_with_its_owner,
    }
    uploads {
        an_upload_is_taken_by_one_import,
        old_uploads_are_found,
    }
}
