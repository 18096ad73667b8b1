-- One text for SQLite and PostgreSQL.
-- Instants are microseconds since 1970 UTC; lists and objects are JSON text; secrets are kept as SHA-256 only.

-- A row that writers of one kind take turns at, and the number that it gave last.
CREATE TABLE counters (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('people', 0), ('decisions', 0), ('jobs', 0);

CREATE TABLE people (
    id            UUID    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL,
    -- Trimmed and in small letters: an address is the same however it is typed.
    email_key     TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    roles         TEXT    NOT NULL,
    unit_ids      TEXT    NOT NULL,
    active        BOOLEAN NOT NULL,
    password_hash TEXT,
    oidc_issuer   TEXT,
    oidc_subject  TEXT,
    version       BIGINT  NOT NULL,
    created_at    BIGINT  NOT NULL,
    changed_at    BIGINT  NOT NULL,
    UNIQUE (oidc_issuer, oidc_subject)
);

-- One-time links: the first administrator's (without a person) and invitations.
CREATE TABLE links (
    secret_hash TEXT   NOT NULL PRIMARY KEY,
    person_id   UUID   REFERENCES people (id),
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);

CREATE TABLE sessions (
    secret_hash  TEXT   NOT NULL PRIMARY KEY,
    person_id    UUID   NOT NULL REFERENCES people (id),
    csrf         TEXT   NOT NULL,
    opened_at    BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    idle_until   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person_id);

CREATE TABLE tokens (
    id           UUID   NOT NULL PRIMARY KEY,
    secret_hash  TEXT   NOT NULL UNIQUE,
    person_id    UUID   NOT NULL REFERENCES people (id),
    name         TEXT   NOT NULL,
    scopes       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX tokens_by_person ON tokens (person_id);

CREATE TABLE attempts (
    id       UUID   NOT NULL PRIMARY KEY,
    key_hash TEXT   NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX attempts_by_key ON attempts (key_hash, at);

CREATE TABLE oidc_requests (
    state_hash TEXT   NOT NULL PRIMARY KEY,
    nonce      TEXT   NOT NULL,
    verifier   TEXT   NOT NULL,
    return_to  TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE decisions (
    id             UUID    NOT NULL PRIMARY KEY,
    number         BIGINT  NOT NULL UNIQUE,
    subject        TEXT    NOT NULL,
    choice         TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    estimate       TEXT,
    unknown_signed BOOLEAN NOT NULL,
    run            TEXT,
    criteria       TEXT,
    person_id      UUID    NOT NULL REFERENCES people (id),
    decided_at     BIGINT  NOT NULL,
    customers      BIGINT  NOT NULL,
    reviewed       BIGINT  NOT NULL,
    undo_until     BIGINT,
    undone_at      BIGINT,
    undone_by      UUID    REFERENCES people (id),
    version        BIGINT  NOT NULL
);

CREATE TABLE decision_members (
    decision_id UUID    NOT NULL REFERENCES decisions (id),
    customer_id TEXT    NOT NULL,
    standing    TEXT    NOT NULL,
    proposed    TEXT,
    reviewed    BOOLEAN NOT NULL,
    PRIMARY KEY (decision_id, customer_id)
);
CREATE INDEX decision_members_by_customer ON decision_members (customer_id, decision_id);

-- The decision that stands for each customer: what a million customers are looked up in.
CREATE TABLE standing_decisions (
    subject     TEXT   NOT NULL,
    customer_id TEXT   NOT NULL,
    decision_id UUID   NOT NULL REFERENCES decisions (id),
    number      BIGINT NOT NULL,
    choice      TEXT   NOT NULL,
    PRIMARY KEY (subject, customer_id)
);
CREATE INDEX standing_decisions_by_choice ON standing_decisions (subject, choice);
CREATE INDEX standing_decisions_by_decision ON standing_decisions (decision_id);

CREATE TABLE views (
    id         UUID    NOT NULL PRIMARY KEY,
    owner_id   UUID    NOT NULL REFERENCES people (id),
    page       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    query      TEXT    NOT NULL,
    shared     BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL,
    UNIQUE (owner_id, page, name)
);

CREATE TABLE jobs (
    id              UUID    NOT NULL PRIMARY KEY,
    number          BIGINT  NOT NULL UNIQUE,
    kind            TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    lane            TEXT,
    repeatable      BOOLEAN NOT NULL,
    idempotency_key TEXT,
    input           TEXT    NOT NULL,
    progress_done   BIGINT  NOT NULL,
    progress_total  BIGINT,
    progress_text   TEXT    NOT NULL,
    result          TEXT,
    problem         TEXT,
    person_id       UUID    REFERENCES people (id),
    attempts        BIGINT  NOT NULL,
    holder          UUID,
    lease_until     BIGINT,
    created_at      BIGINT  NOT NULL,
    started_at      BIGINT,
    ended_at        BIGINT,
    UNIQUE (kind, idempotency_key)
);
CREATE INDEX jobs_by_state ON jobs (state, number);
-- Whatever else may go wrong: two jobs of one lane never run at once.
CREATE UNIQUE INDEX one_running_job_per_lane ON jobs (lane) WHERE state = 'running';

CREATE TABLE settings (
    scope      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (scope, name)
);

CREATE TABLE uploads (
    id         UUID   NOT NULL PRIMARY KEY,
    owner_id   UUID   NOT NULL REFERENCES people (id),
    files      TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX uploads_by_owner ON uploads (owner_id, created_at);
CREATE INDEX uploads_by_state ON uploads (state, created_at);

CREATE TABLE audit_log (
    number    BIGINT NOT NULL PRIMARY KEY,
    at        BIGINT NOT NULL,
    actor     TEXT   NOT NULL,
    person_id UUID,
    token_id  UUID,
    request   TEXT,
    action    TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    details   TEXT   NOT NULL,
    hash      TEXT   NOT NULL
);
CREATE INDEX audit_log_by_subject ON audit_log (subject, number);
CREATE INDEX audit_log_by_person ON audit_log (person_id, number);

-- The end of the chain: a log that was cut short does not reach it.
CREATE TABLE audit_head (
    id     BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    hash   TEXT   NOT NULL
);
INSERT INTO audit_head (id, number, hash) VALUES (1, 0, '');
