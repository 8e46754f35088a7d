"""The platform: the engine behind sign-in, roles and regions, on PostgreSQL. Nothing below it imports it."""
