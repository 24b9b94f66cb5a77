"""The licence guard: asks the vendor once a day whether this site may run, and locks it when it may not."""
