"""What running nodes share: live hubs, webhooks, links, connections."""
