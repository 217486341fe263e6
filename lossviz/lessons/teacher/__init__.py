"""What a teacher takes to class: plan, key, handout, links, completion codes. Pure functions, without the web."""
