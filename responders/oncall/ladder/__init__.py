"""Who is called, when and where: ladder, roster, hand-over."""
