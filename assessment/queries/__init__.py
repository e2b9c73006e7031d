"""Figures for pages, charts and the combination, one module per noun; pages give them scoped querysets."""
