-- When the site was backed up, so that the health page can say how long ago that was.

create table backups (
    at timestamptz primary key default now(),
    rows bigint not null
);
