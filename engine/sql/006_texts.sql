-- What the engine says to people, kept so that each reads it in their language: {"code": …, "params": {…}}; null where the words
-- are somebody's own, and in rows from before.

alter table quarantine add column reason_text jsonb;
alter table revisions add column note_text jsonb;
