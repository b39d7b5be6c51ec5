"""PostgreSQL, for several workers; nothing here is loaded unless CORDCALL_DATABASE names one."""
