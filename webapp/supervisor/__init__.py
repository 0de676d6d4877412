"""The demo on one machine: Redis, one worker and the web server, started, watched and stopped together."""
