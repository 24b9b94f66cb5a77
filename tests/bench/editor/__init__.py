"""The editor's figures in Chromium, Node-RED's editor in turn with it."""
