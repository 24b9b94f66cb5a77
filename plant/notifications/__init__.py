"""How people are notified: e-mail, robots of chat programs and SMS, each set up on a card of its own."""
