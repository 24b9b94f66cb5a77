-- A gas value is stored whatever else of its packet is malformed: an unreadable err is null, as temp, humi, bat, rssi and net are.

alter table readings alter column err drop not null;
comment on table readings is 'One row per reading. conc is null where none can be known; seq is -1 where none was readable; flags is a sum of 1 clock wrong, 2 duplicate, 4 late, 8 reboot, 16 fault, 32 warming up, 64 uncalibrated, 128 a field malformed, 256 retained by the broker.';
