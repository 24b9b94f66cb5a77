"""What people are told, in their language: the sources say it in English, the catalogues beside this hold the Chinese."""
