"""The text of a flow: read with the place of every value, and changed so that what was not meant stays byte for byte."""
