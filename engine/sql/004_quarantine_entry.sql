-- A batch whose commit was not heard of is stored again: each message only once.
alter table quarantine add column entry bigint unique;
comment on column quarantine.entry is 'Made by the engine when it quarantines; null in rows from before.';
