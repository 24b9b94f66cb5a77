"""What keeps a server going: backup, the embedded servers, certificates, logs."""
