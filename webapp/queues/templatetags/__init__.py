"""What the admin's templates say of queues."""
