create table weather_stations (
    id   text primary key,
    name text not null
);
