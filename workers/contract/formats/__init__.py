"""The file formats of what people give, read the same way where a file is accepted and where it is computed on."""
