"""The pages' pieces of screen: each takes the view and draws, or says in words what the view holds."""
