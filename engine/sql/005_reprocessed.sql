-- A quarantined message is reprocessed; replay is for recordings.

alter table quarantine rename column replayed to reprocessed;
update audit set action = 'quarantine.reprocess' where action = 'quarantine.replay';
