"""What a NIK, a name and a birth date are; what they encode; how they go wrong."""
