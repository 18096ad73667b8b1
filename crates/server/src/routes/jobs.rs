//! How far has long work come? Asked for, or told as it happens.

use crate::answer::{Asked, ListOf, Pairs};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use odla_app::jobs::problem_text;
use odla_app::text::{Catalogue, Section};
use odla_app::{Caller, Job, JobState};
use serde::Serialize;
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Debug, Serialize, ToSchema)]
struct JobView {
    id: String,
    kind: String,
    /// `queued`, `running`, `done` or `failed`.
    state: String,
    progress: ProgressView,
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>)]
    result: Option<Value>,
    problem: Option<JobProblem>,
    created_at: String,
    ended_at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ProgressView {
    done: i64,
    total: i64,
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct JobProblem {
    key: String,
    title: String,
    detail: String,
    status: u16,
}

/// Without news, a job is looked at this often: another process may work on it.
const LOOK: Duration = Duration::from_secs(1);

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(events))
}

#[utoipa::path(
    get, path = "/jobs", tag = "jobs",
    params(("state" = Option<String>, Query), ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = ListOf<JobView>))
)]
async fn list(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<ListOf<JobView>>, Problem> {
    let asked = Asked::new(pairs);
    let limit = asked.limit(50, 200);
    let state = asked.get("state").and_then(JobState::from_word);
    let jobs = app
        .office
        .jobs(&reader.caller, state, asked.number("cursor"), limit as i64)
        .await?;
    let last = jobs.last().map(|job| job.number.to_string());
    Ok(Json(ListOf {
        next_cursor: last.filter(|_| jobs.len() == limit),
        items: jobs
            .into_iter()
            .map(|job| view(job, &reader.texts))
            .collect(),
        total: None,
    }))
}

#[utoipa::path(
    get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobView))
)]
async fn one(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<JobView>, Problem> {
    let job = app.office.job(&reader.caller, &id).await?;
    Ok(Json(view(job, &reader.texts)))
}

#[utoipa::path(
    get, path = "/jobs/{id}/events", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, content_type = "text/event-stream", description = "`progress`, then `done` or `failed`; each carries the job"))
)]
async fn events(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Before anything is told, so that nothing happens unheard between the two.
    let news = app.office.job_news();
    let job = app.office.job(&reader.caller, &id).await?;
    let watching = Watching {
        stopping: app.stopping.clone(),
        app,
        id,
        caller: reader.caller,
        texts: reader.texts,
        news,
        next: Some(job),
        told: None,
        ended: false,
    };
    let events = stream::unfold(watching, |mut watching| async move {
        let event = watching.next_event().await?;
        Some((Ok(event), watching))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// Somebody who watches a job.
struct Watching {
    app: App,
    id: String,
    caller: Caller,
    texts: Arc<Catalogue>,
    news: Receiver<odla_app::jobs::JobNews>,
    stopping: tokio::sync::watch::Receiver<bool>,
    next: Option<Job>,
    told: Option<(String, ProgressView)>,
    ended: bool,
}

impl Watching {
    /// The next thing worth telling; none when there will be no more.
    async fn next_event(&mut self) -> Option<Event> {
        while !self.ended && !*self.stopping.borrow() {
            let job = match self.next.take() {
                Some(job) => job,
                None => {
                    self.wait().await;
                    // Whoever may no longer see the job is told no more.
                    self.app.office.job(&self.caller, &self.id).await.ok()?
                }
            };
            let state = job.state;
            let view = view(job, &self.texts);
            let now = (view.state.clone(), view.progress.clone());
            if self.told.as_ref() == Some(&now) {
                continue;
            }
            self.ended = state.has_ended();
            let name = match state {
                JobState::Done => "done",
                JobState::Failed => "failed",
                JobState::Queued | JobState::Running => "progress",
            };
            let event = Event::default().event(name).json_data(&view);
            self.told = Some(now);
            return event.ok();
        }
        None
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.news.recv() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = self.stopping.changed() => {}
        }
    }
}

fn view(job: Job, texts: &Catalogue) -> JobView {
    let problem = job.problem.as_ref().map(|problem| {
        let (key, detail) = problem_text(problem, texts);
        JobProblem {
            key,
            title: texts.word(Section::Words, "problem.wrong"),
            detail,
            status: 422,
        }
    });
    let text = match texts.has(Section::Words, &job.progress.text) {
        true => texts.word(Section::Words, &job.progress.text),
        false => job.progress.text,
    };
    JobView {
        id: job.id.to_string(),
        kind: job.kind,
        state: job.state.word().to_owned(),
        progress: ProgressView {
            done: job.progress.done,
            total: job.progress.total.unwrap_or(0),
            text,
        },
        result: job.result,
        problem,
        created_at: job.created_at.to_string(),
        ended_at: job.ended_at.map(|at| at.to_string()),
    }
}
