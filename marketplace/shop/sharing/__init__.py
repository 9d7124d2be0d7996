"""How the market is found and handed on: sitemap, robots.txt, and the picture a link shows in a chat."""
