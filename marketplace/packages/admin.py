from django.contrib import admin

from .models import Package, PackageGoods


class PackageGoodsInline(admin.TabularInline):
    model = PackageGoods
    raw_id_fields = ("product",)
    extra = 1


@admin.register(Package)
class PackageAdmin(admin.ModelAdmin):
    list_display = ("title", "tour", "nights", "is_public")
    raw_id_fields = ("tour", "room_type")
    prepopulated_fields = {"slug": ("title",)}
    inlines = (PackageGoodsInline,)
