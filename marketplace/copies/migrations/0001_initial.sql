-- Changes are noted by adding rows: an UPDATE of one counter would make every writer wait for the one before.

-- A statement that changed rows of a group of tables; the group is the trigger's argument.
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        INSERT INTO copies_change (scope) VALUES (TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION note_changes_of(shown text, name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER copies_note_added AFTER INSERT ON %I REFERENCING NEW TABLE AS changed '
                   'FOR EACH STATEMENT EXECUTE FUNCTION note_change(%L)', shown, name);
    EXECUTE format('CREATE TRIGGER copies_note_changed AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed '
                   'FOR EACH STATEMENT EXECUTE FUNCTION note_change(%L)', shown, name);
    EXECUTE format('CREATE TRIGGER copies_note_gone AFTER DELETE ON %I REFERENCING OLD TABLE AS changed '
                   'FOR EACH STATEMENT EXECUTE FUNCTION note_change(%L)', shown, name);
END $$;

DO $$
DECLARE
    scopes jsonb := '{
        "things": ["catalogue_product", "catalogue_productimage", "sellers_origin", "sellers_seller",
                   "places_commune", "places_district", "places_hamlet", "places_mapshape", "places_mapsheet",
                   "places_neighbour"],
        "goods": ["agriculture_produce", "packing_pause", "trace_certificate", "harvests_harvest",
                  "regulars_pool", "regulars_received", "reviews_productreview", "delivery_freedelivery",
                  "delivery_handlingrule", "delivery_openinghours", "delivery_postoffice", "delivery_rate",
                  "delivery_route", "delivery_routefee", "delivery_routestop"],
        "stays": ["tourism_stay", "tourism_roomtype", "tourism_addon", "tourism_bookingrule",
                  "tourism_cancellationpolicy", "sights_sight", "sights_festival", "closures_closure",
                  "desk_review"],
        "tours": ["tours_tour", "tours_departure", "tours_seatbooking", "tours_waiting"]
    }';
    name text;
    shown text;
BEGIN
    FOR name IN SELECT jsonb_object_keys(scopes) LOOP
        FOR shown IN SELECT jsonb_array_elements_text(scopes -> name) LOOP
            PERFORM note_changes_of(shown, name);
        END LOOP;
    END LOOP;
END $$;

-- What is left of one product stands on its own page only.
CREATE FUNCTION note_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO copies_change (scope) VALUES ('product:' || NEW.product_id);
    RETURN NULL;
END $$;

CREATE TRIGGER copies_note_stock AFTER UPDATE ON partner_stockrecord FOR EACH ROW
WHEN (coalesce(OLD.num_in_stock, 0) - coalesce(OLD.num_allocated, 0)
      IS DISTINCT FROM coalesce(NEW.num_in_stock, 0) - coalesce(NEW.num_allocated, 0))
EXECUTE FUNCTION note_stock();

-- A price, and whether there is any left at all, stand in the lists as well.
CREATE FUNCTION note_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO copies_change (scope) VALUES ('goods');
    RETURN NULL;
END $$;

CREATE TRIGGER copies_note_price AFTER UPDATE ON partner_stockrecord FOR EACH ROW
WHEN (OLD.price IS DISTINCT FROM NEW.price OR OLD.product_id <> NEW.product_id
      OR (coalesce(OLD.num_in_stock, 0) > coalesce(OLD.num_allocated, 0))
         <> (coalesce(NEW.num_in_stock, 0) > coalesce(NEW.num_allocated, 0)))
EXECUTE FUNCTION note_price();

CREATE TRIGGER copies_note_added AFTER INSERT ON partner_stockrecord REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_change('goods');
CREATE TRIGGER copies_note_gone AFTER DELETE ON partner_stockrecord REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_change('goods');

-- The nights of a house stand on its own page only.
CREATE FUNCTION note_nights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO copies_change (scope)
    SELECT DISTINCT 'product:' || stay.product_id
    FROM changed
    JOIN tourism_roomtype room ON room.id = changed.room_type_id
    JOIN tourism_stay stay ON stay.id = room.stay_id;
    RETURN NULL;
END $$;

CREATE TRIGGER copies_note_added AFTER INSERT ON tourism_roomnight
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_nights();
CREATE TRIGGER copies_note_changed AFTER UPDATE ON tourism_roomnight
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_nights();
CREATE TRIGGER copies_note_gone AFTER DELETE ON tourism_roomnight
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_nights();
