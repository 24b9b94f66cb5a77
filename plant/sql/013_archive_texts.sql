-- What stands in the way of an archive file, so that each reads it in their language: {"code": …, "params": {…}}; null where the words are
-- somebody else's, and in rows from before. It counts while `problem` is not empty.

alter table archives add column problem_text jsonb;
