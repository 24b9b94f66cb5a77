-- Who may do what on a site, what they did, and every deploy they made.

create table users (
    name        text primary key,
    password    text not null,
    role        text not null check (role in ('viewer', 'operator', 'admin', 'integrator')),
    language    text not null default 'zh',
    must_change boolean not null default false,
    created_at  timestamptz not null default now(),
    seen_at     timestamptz
);
comment on table users is 'People who sign in. password is an argon2id hash; must_change asks for a new one before anything else.';

create table sessions (
    token_hash bytea primary key,
    user_name  text not null references users (name) on delete cascade,
    created_at timestamptz not null default now(),
    seen_at    timestamptz not null default now(),
    ends_at    timestamptz not null,
    address    text not null
);
create index sessions_user on sessions (user_name);
comment on table sessions is 'Browsers that are signed in. token_hash is the SHA-256 of what the cookie holds.';

create table api_tokens (
    name       text primary key,
    token_hash bytea not null unique,
    role       text not null check (role in ('viewer', 'operator', 'admin', 'integrator')),
    created_at timestamptz not null default now(),
    created_by text not null,
    ends_at    timestamptz,
    seen_at    timestamptz
);
comment on table api_tokens is 'Tokens for scripts. token_hash is the SHA-256 of the token, which was shown once.';

create table audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default now(),
    who     text not null,
    address text not null,
    action  text not null,
    target  text not null,
    details jsonb not null
);
create index audit_at on audit (at desc);
comment on table audit is 'Every change made through the API: who, when, from where, what. Never holds a secret.';

create table secrets (
    name       text primary key,
    value      bytea not null,
    changed_at timestamptz not null default now(),
    changed_by text not null
);
comment on table secrets is 'Encrypted with the key in the data folder (Fernet); useless without it.';

create table revisions (
    flow     text not null,
    number   integer not null,
    revision text not null,
    at       timestamptz not null default now(),
    who      text not null,
    note     text not null,
    text     text,
    report   jsonb not null,
    primary key (flow, number)
);
comment on table revisions is 'Every deploy of every flow. revision is the hash of the file text; text is null where the flow was removed.';
