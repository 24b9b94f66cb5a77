"""What several general nodes share. No node types here."""
