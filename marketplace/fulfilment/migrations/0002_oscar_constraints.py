from django.db import migrations

# Oscar keeps money as numeric(12, 2) and counts allocations without a limit. Here a price has no
# fraction, an order's total has none, and stock cannot be set aside twice, whatever the code does.
CONSTRAINTS = [
    ("partner_stockrecord", "price_is_whole_dong", "price = trunc(price)"),
    ("partner_stockrecord", "stock_not_oversold", "coalesce(num_allocated, 0) between 0 and num_in_stock"),
    ("order_order", "order_totals_are_whole_dong",
     "total_incl_tax = trunc(total_incl_tax) and shipping_incl_tax = trunc(shipping_incl_tax)"),
    ("order_line", "line_prices_are_whole_dong", "line_price_incl_tax = trunc(line_price_incl_tax)"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0001_initial"),
        ("partner", "0007_partneraddress_code"),
        ("order", "0021_billingaddress_code_shippingaddress_code"),
    ]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule})",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, name, rule in CONSTRAINTS
    ]
