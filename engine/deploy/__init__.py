"""From a file on disk to a running flow: flow files, revisions, deploys, custom nodes."""
