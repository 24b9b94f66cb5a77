"""The engine's commands, a file for what each is about. A command imports what it needs when it runs: `mcs check` in an editor's
save hook must not wait for the web server's imports.
"""
