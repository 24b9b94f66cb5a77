"""The archive of readings: old days leave the database as files in a bucket, and come back when somebody asks."""
