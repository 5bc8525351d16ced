"""One file for each page of the portal; each only draws what the modules beside this package know."""
