"""Node types that bring old readings out of the database into an object store."""

from engine.api import Node
from nodes.archive.archive_clean import ArchiveClean
from nodes.archive.archive_file import ArchiveFileNode
from nodes.archive.archive_select import ArchiveSelect
from nodes.archive.archive_verify import ArchiveVerify
from nodes.archive.s3_put import S3Put

NODES: list[type[Node]] = [ArchiveSelect, ArchiveFileNode, S3Put, ArchiveVerify, ArchiveClean]
