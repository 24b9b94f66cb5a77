-- A token ends with the user who made it. One that a token has made belongs to that token's user; what nobody owns any more goes.

with recursive owned as (
    select t.name, u.name as owner from api_tokens t join users u on u.name = t.created_by
    union
    select t.name, o.owner from api_tokens t join owned o on t.created_by = 'token:' || o.name
)
update api_tokens t set created_by = owned.owner from owned where owned.name = t.name;
delete from api_tokens where created_by not in (select name from users);
alter table api_tokens add foreign key (created_by) references users (name) on delete cascade;
