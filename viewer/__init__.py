"""The archive viewer: a program of its own that reads archive files and shows what is in them, without any server of ours."""
