"""A region: several workers on one PostgreSQL behind a load balancer, and what may go wrong."""
