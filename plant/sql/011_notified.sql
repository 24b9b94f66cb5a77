-- Alarms in the field's words: people are notified, and an A2 after an A1 is raised to A2. Escalation is the call to the next person.

alter table alarm_events rename column told to notified;
alter table alarm_events rename column untold to not_notified_reason;
update alarm_events set kind = 'raised_to_a2' where kind = 'escalated';
comment on column alarm_events.not_notified_reason is 'hold, recorded-only, alarm-not-notified, or the state that suppresses it; rows of version 0.1 have a sentence here.';
comment on column alarm_events.event is 'The event as the flow has sent it; rows of version 0.1 have the names of that time: told, untold.';
