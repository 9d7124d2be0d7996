-- Whatever writes an origin, its words are in vocabulary_word when the statement ends: a listing can be
-- looked for as soon as it is there. Longer words than forty letters are nobody's spelling.
CREATE FUNCTION vocabulary_add_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO vocabulary_word (text)
    SELECT DISTINCT lexeme
      FROM arrived, unnest(to_tsvector('simple', arrived.search_text))
     WHERE lexeme ~ '^[a-z0-9]{1,40}$'
       AND NOT EXISTS (SELECT 1 FROM vocabulary_word AS word WHERE word.text = lexeme)
     ORDER BY lexeme  -- two listings at once wait for each other in one order
        ON CONFLICT (text) DO NOTHING;
    RETURN NULL;
END
$$;

-- One trigger for each event: PostgreSQL allows a transition table no list of columns and no second event.
CREATE TRIGGER words_of_new_origins AFTER INSERT ON sellers_origin
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION vocabulary_add_words();
CREATE TRIGGER words_of_changed_origins AFTER UPDATE ON sellers_origin
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION vocabulary_add_words();

-- The words of what is listed already.
INSERT INTO vocabulary_word (text)
SELECT DISTINCT lexeme
  FROM sellers_origin, unnest(to_tsvector('simple', search_text))
 WHERE lexeme ~ '^[a-z0-9]{1,40}$'
    ON CONFLICT (text) DO NOTHING;
