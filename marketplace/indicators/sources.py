"""The questions put to the market's own tables: each answers some counts, by unit, for several periods.

``span`` has a row for each period: its ``place``, its first and last day, and the moments between which
it lies. What is called a state is that of the last day. Each statement is shown on the cards that it counts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A statement and the names of what it counts, in the order of its columns after place and unit."""

    counts: tuple[str, ...]
    statement: str


# A seller is counted once in each unit it sold from; money is net of refunds, in đồng. Needs whole months.
SALES = Source(
    (
        "net_vnd",
        "goods_vnd",
        "tourism_vnd",
        "sellers_selling",
        "households_selling",
        "cooperatives_selling",
        "poor_selling",
        "poor_vnd",
        "ocop_vnd",
    ),
    """
    WITH sold AS (
      SELECT span.place, span.last_day, sale.unit_id, sale.seller_id, SUM(sale.net_vnd) AS net_vnd,
             SUM(sale.net_vnd) FILTER (WHERE sale.kind = 'goods') AS goods_vnd, SUM(sale.sold_vnd) AS sold_vnd
        FROM span
        JOIN statistics_sellermonth AS sale ON sale.month BETWEEN span.first_day AND span.last_day
       GROUP BY span.place, span.last_day, sale.unit_id, sale.seller_id
    )
    SELECT place, sold.unit_id, SUM(net_vnd), SUM(goods_vnd), SUM(net_vnd) - COALESCE(SUM(goods_vnd), 0),
           COUNT(*) FILTER (WHERE sold_vnd > 0),
           COUNT(*) FILTER (WHERE sold_vnd > 0 AND seller.kind = 'household'),
           COUNT(*) FILTER (WHERE sold_vnd > 0 AND seller.kind = 'cooperative'),
           COUNT(*) FILTER (WHERE sold_vnd > 0 AND terms.poor_from <= last_day
                              AND (terms.poor_to IS NULL OR terms.poor_to > last_day)),
           SUM(net_vnd) FILTER (WHERE terms.poor_from <= last_day
                                  AND (terms.poor_to IS NULL OR terms.poor_to > last_day)),
           SUM(goods_vnd) FILTER (WHERE EXISTS (
             SELECT FROM trace_certificate AS paper
              WHERE paper.seller_id = sold.seller_id AND paper.kind = 'ocop' AND paper.state = 'verified'
                AND COALESCE(paper.issued_on, last_day) <= last_day AND paper.expires_on >= last_day))
      FROM sold
      JOIN sellers_seller AS seller ON seller.id = sold.seller_id
      LEFT JOIN settlement_sellerterms AS terms ON terms.seller_id = sold.seller_id
     GROUP BY place, sold.unit_id
    """,
)

PAID = Source(
    ("paid_vnd", "cashless_vnd", "mobile_vnd", "away_vnd"),
    """
    SELECT span.place, paid.unit_id, SUM(paid.net_vnd),
           SUM(paid.net_vnd) FILTER (WHERE paid.provider NOT IN ('', 'cash')),
           SUM(paid.net_vnd) FILTER (WHERE paid.provider = ANY(%(wallets)s)),
           SUM(paid.net_vnd) FILTER (WHERE paid.buyer_province NOT IN ('', %(home)s)
                                        OR paid.buyer_country NOT IN ('', 'VN'))
      FROM span
      JOIN statistics_dailypaid AS paid ON paid.sold_on BETWEEN span.first_day AND span.last_day
     GROUP BY span.place, paid.unit_id
    """,
)

# States, but for who wrote or dialled from a phone with keys in the period.
SELLERS = Source(
    (
        "sellers",
        "households",
        "cooperatives",
        "sellers_with_wallet",
        "sellers_confirmed",
        "sellers_helped",
        "keypad_sellers",
    ),
    """
    SELECT span.place, seller.unit_id, COUNT(*), COUNT(*) FILTER (WHERE seller.kind = 'household'),
           COUNT(*) FILTER (WHERE seller.kind = 'cooperative'),
           COUNT(*) FILTER (WHERE seller.wallet_msisdn <> ''),
           COUNT(*) FILTER (WHERE seller.level >= 1),
           COUNT(*) FILTER (WHERE EXISTS (
             SELECT FROM sellers_mandate AS mandate
              WHERE mandate.seller_id = seller.id AND mandate.consented_at < span.after_at
                AND (mandate.revoked_at IS NULL OR mandate.revoked_at >= span.after_at))),
           COUNT(*) FILTER (WHERE EXISTS (
             SELECT FROM sellers_member AS member
               JOIN accounts_user AS person ON person.id = member.user_id
              WHERE member.seller_id = seller.id
                AND (EXISTS (SELECT FROM keypad_inbound AS text WHERE text.phone = person.phone
                                AND text.received_at >= span.first_at AND text.received_at < span.after_at)
                  OR EXISTS (SELECT FROM keypad_session AS dialled WHERE dialled.phone = person.phone
                                AND dialled.began_at >= span.first_at AND dialled.began_at < span.after_at))))
      FROM span
      JOIN sellers_seller AS seller ON seller.joined_on <= span.last_day
     GROUP BY span.place, seller.unit_id
    """,
)

# Post points and their agents are states; active is a point where a parcel changed hands in the period.
POSTS = Source(
    ("post_points", "active_post_points", "served_post_points", "agents"),
    """
    SELECT span.place, office.commune_id, COUNT(*),
           COUNT(*) FILTER (WHERE EXISTS (
             SELECT FROM delivery_handover AS given
              WHERE given.office_id = office.id AND given.happened_at >= span.first_at
                AND given.happened_at < span.after_at)),
           COUNT(*) FILTER (WHERE EXISTS (
             SELECT FROM delivery_routestop AS stop WHERE stop.office_id = office.id
              UNION ALL SELECT FROM delivery_route AS road WHERE road.office_id = office.id)),
           SUM((SELECT COUNT(*) FROM accounts_roleassignment AS given
                 WHERE given.role = 'agent' AND given.post_office = office.code
                   AND given.granted_at < span.after_at))
      FROM span CROSS JOIN delivery_postoffice AS office
     GROUP BY span.place, office.commune_id
    """,
)

# Nights that are over. What a host closed counts as far as it was taken.
NIGHTS = Source(
    ("nights_for_sale", "nights_taken"),
    """
    SELECT span.place, night.commune_id,
           SUM(CASE WHEN night.is_closed THEN night.taken ELSE night.capacity END), SUM(night.taken)
      FROM span
      JOIN tourism_roomnight AS night
        ON night.night_on BETWEEN span.first_day AND span.last_day AND night.night_on < %(today)s
     GROUP BY span.place, night.commune_id
    """,
)

# Each guest on arrival, and on each night of the period that is over. Other calendars do not tell how many.
GUESTS = Source(
    ("guests", "guest_nights"),
    """
    SELECT span.place, origin.commune_id,
           SUM(booking.guests) FILTER (WHERE booking.first_night >= span.first_day),
           SUM(booking.guests * (LEAST(booking.first_night + booking.nights, span.last_day + 1, %(today)s)
                                 - GREATEST(booking.first_night, span.first_day)))
      FROM span
      JOIN tourism_booking AS booking ON booking.first_night <= span.last_day
       AND booking.first_night < %(today)s AND booking.first_night + booking.nights > span.first_day
      JOIN tourism_roomtype AS room_type ON room_type.id = booking.room_type_id
      JOIN tourism_stay AS stay ON stay.id = room_type.stay_id
      JOIN sellers_origin AS origin ON origin.product_id = stay.product_id
      LEFT JOIN desk_visit AS visit ON visit.booking_id = booking.id
     WHERE booking.state = 'confirmed' AND booking.channel <> 'calendar' AND visit.no_show_at IS NULL
     GROUP BY span.place, origin.commune_id
    """,
)

REGISTER = Source(
    ("guests_registered", "guests_foreign"),
    """
    SELECT span.place, origin.commune_id, COUNT(*), COUNT(*) FILTER (WHERE guest.country <> 'VN')
      FROM span
      JOIN desk_registeredguest AS guest ON guest.arrived_on BETWEEN span.first_day AND span.last_day
      JOIN tourism_booking AS booking ON booking.id = guest.booking_id
      JOIN tourism_roomtype AS room_type ON room_type.id = booking.room_type_id
      JOIN tourism_stay AS stay ON stay.id = room_type.stay_id
      JOIN sellers_origin AS origin ON origin.product_id = stay.product_id
     GROUP BY span.place, origin.commune_id
    """,
)

# Listed products of the last day: with a living OCOP certificate, traced by a code or a lot, and both.
PRODUCTS = Source(
    ("products", "traced_products", "ocop_products", "ocop_traced"),
    """
    WITH listed AS (
      SELECT span.place, origin.unit_id,
             EXISTS (SELECT FROM trace_certificate AS paper
                      WHERE paper.product_id = origin.product_id AND paper.kind = 'ocop'
                        AND paper.state = 'verified' AND paper.expires_on >= span.last_day
                        AND COALESCE(paper.issued_on, span.last_day) <= span.last_day) AS is_ocop,
             EXISTS (SELECT FROM harvests_lot AS lot
                      WHERE lot.product_id = origin.product_id AND lot.harvested_on <= span.last_day)
             OR EXISTS (SELECT FROM order_line AS line JOIN trace_pack AS pack ON pack.line_id = line.id
                         WHERE line.product_id = origin.product_id AND pack.made_at < span.after_at)
             AS is_traced
        FROM span
        JOIN sellers_origin AS origin ON origin.listed_at < span.after_at AND origin.kind = 'goods'
    )
    SELECT place, unit_id, COUNT(*), COUNT(*) FILTER (WHERE is_traced), COUNT(*) FILTER (WHERE is_ocop),
           COUNT(*) FILTER (WHERE is_ocop AND is_traced)
      FROM listed
     GROUP BY place, unit_id
    """,
)

# Of the certificates sent in and of the complaints made in the period, those that are decided by now.
CERTIFICATES = Source(
    ("certificates_asked", "certificates_decided"),
    """
    SELECT span.place, seller.unit_id, COUNT(*), COUNT(*) FILTER (WHERE paper.state <> 'waiting')
      FROM span
      JOIN trace_certificate AS paper ON paper.asked_at >= span.first_at AND paper.asked_at < span.after_at
      JOIN sellers_seller AS seller ON seller.id = paper.seller_id
     GROUP BY span.place, seller.unit_id
    """,
)
COMPLAINTS = Source(
    ("complaints", "complaints_decided"),
    """
    SELECT span.place, seller.unit_id, COUNT(*), COUNT(*) FILTER (WHERE dispute.state = 'decided')
      FROM span
      JOIN settlement_dispute AS dispute
        ON dispute.opened_at >= span.first_at AND dispute.opened_at < span.after_at
      JOIN sellers_suborder AS part ON part.id = dispute.part_id
      JOIN sellers_seller AS seller ON seller.id = part.seller_id
     GROUP BY span.place, seller.unit_id
    """,
)

# Of the months of the period that are over, those whose figures are released. Of the whole province.
RELEASES = Source(
    ("months_over", "months_released"),
    """
    SELECT span.place, NULL::bigint, COUNT(*), COUNT(*) FILTER (WHERE EXISTS (
             SELECT FROM releases_release AS release WHERE release.month = month.first_day::date))
      FROM span
      JOIN generate_series(%(earliest)s::date, %(today)s::date - interval '1 month', interval '1 month')
        AS month (first_day) ON month.first_day >= span.first_day AND month.first_day <= span.last_day
       AND month.first_day + interval '1 month' <= %(today)s
     GROUP BY span.place
    """,
)

# How far sellers have come by the last day, as the board counts them (see board.funnel); the ways follow each
# other, and none can be skipped. An invitation nobody answered counts until its number has a shop.
FUNNEL = Source(
    ("invited", "with_account", "listed", "first_paid", "delivered", "sold_again"),
    """
    WITH shop AS (
      SELECT span.place, seller.unit_id,
             EXISTS (SELECT FROM sellers_origin AS origin
                      WHERE origin.seller_id = seller.id AND origin.listed_at < span.after_at) AS has_listed,
             (SELECT COUNT(*) FROM (SELECT FROM sellers_suborder AS part
                                     WHERE part.seller_id = seller.id AND part.paid_at < span.after_at
                                     LIMIT 2) AS two) AS sold,
             EXISTS (SELECT FROM sellers_suborder AS part
                       JOIN settlement_partclock AS clock ON clock.part_id = part.id
                      WHERE part.seller_id = seller.id AND part.paid_at IS NOT NULL
                        AND clock.delivered_at < span.after_at) AS has_delivered
        FROM span
        JOIN sellers_seller AS seller ON seller.joined_on <= span.last_day
    ), invitation AS (
      SELECT DISTINCT span.place, asked.unit_id, asked.phone
        FROM span
        JOIN joining_consent AS asked ON asked.sent_at < span.after_at AND asked.seller_id IS NULL
         AND asked.name <> ''
       WHERE NOT EXISTS (SELECT FROM sellers_member AS member
                           JOIN accounts_user AS person ON person.id = member.user_id
                          WHERE person.phone = asked.phone)
    )
    SELECT place, unit_id, COUNT(*), COUNT(*), COUNT(*) FILTER (WHERE has_listed),
           COUNT(*) FILTER (WHERE has_listed AND sold >= 1),
           COUNT(*) FILTER (WHERE has_listed AND sold >= 1 AND has_delivered),
           COUNT(*) FILTER (WHERE has_listed AND sold >= 2 AND has_delivered)
      FROM shop
     GROUP BY place, unit_id
     UNION ALL
    SELECT place, unit_id, COUNT(*), 0, 0, 0, 0, 0
      FROM invitation
     GROUP BY place, unit_id
    """,
)

# What the files of the communes say; counted without a statement.
COMMUNES = Source(("communes", "population"), "SELECT code, population FROM places_commune")

SOURCES = (
    SALES,
    PAID,
    SELLERS,
    POSTS,
    NIGHTS,
    GUESTS,
    REGISTER,
    PRODUCTS,
    CERTIFICATES,
    COMPLAINTS,
    RELEASES,
    FUNNEL,
    COMMUNES,
)
SOURCE_OF = {name: source for source in SOURCES for name in source.counts}
