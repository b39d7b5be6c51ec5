"""Groups that share their cases, over real HTTP."""
