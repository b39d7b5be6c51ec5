"""The interface of each topic of a store: what is kept, and what can be queried."""
