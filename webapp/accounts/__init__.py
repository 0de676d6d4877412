"""People with an account: sessions, API tokens, usage."""
