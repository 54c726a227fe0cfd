"""The catalogue of translations: made from the sources, merged with what translators give, and checked."""
