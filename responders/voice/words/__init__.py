"""How a text of ours comes to be: languages, templates, facts and the author's own words."""
