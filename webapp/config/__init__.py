"""Settings, addresses, and the two applications (ASGI and Celery)."""
