"""Pictures are stored once as a master and in nine renditions whose names follow from the master's."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from PIL import Image

from frontend import pictures


@pytest.fixture
def storage() -> InMemoryStorage:
    return InMemoryStorage()


def stored_image(storage: InMemoryStorage, name: str) -> Image.Image:
    with storage.open(name) as file:
        return Image.open(io.BytesIO(file.read()))


def listed(storage: InMemoryStorage, folder: str) -> list[str]:
    return sorted(storage.listdir(folder)[1])


def test_the_name_of_a_rendition_follows_from_the_masters():
    assert pictures.rendition_name("products/abc.webp", 320, "avif") == "products/abc-320.avif"
    assert pictures.rendition_name("a.b/c.d.jpg", 1024, "webp") == "a.b/c.d-1024.webp"
    assert pictures.rendition_name("abc.webp", 640, "webp") == "abc-640.webp"


def test_a_picture_is_stored_as_a_master_and_in_three_widths_and_three_formats(storage):
    picture = Image.new("RGB", (1200, 900), "#1F6B4A")

    name = pictures.save_renditions(picture, name="products/rice", storage=storage)

    assert name == "products/rice.webp"
    assert listed(storage, "products") == [
        "rice-1024.avif",
        "rice-1024.jpg",
        "rice-1024.webp",
        "rice-320.avif",
        "rice-320.jpg",
        "rice-320.webp",
        "rice-640.avif",
        "rice-640.jpg",
        "rice-640.webp",
        "rice.webp",
    ]
    assert stored_image(storage, name).size == (1024, 768)
    for width, height in ((320, 240), (640, 480), (1024, 768)):
        for extension in pictures.FORMATS:
            rendition = stored_image(storage, pictures.rendition_name(name, width, extension))
            assert rendition.size == (width, height)
            assert rendition.format == extension.upper().replace("JPG", "JPEG")


def test_a_small_picture_is_stored_under_every_name_but_never_enlarged(storage):
    picture = Image.new("RGB", (400, 300), "#C2256B")

    name = pictures.save_renditions(picture, name="small", storage=storage)

    widths = {
        width: stored_image(storage, pictures.rendition_name(name, width, "avif")).size
        for width in pictures.WIDTHS
    }
    assert widths == {320: (320, 240), 640: (400, 300), 1024: (400, 300)}
    assert stored_image(storage, name).size == (400, 300)


def test_saving_again_replaces_the_files_under_the_same_names(storage):
    pictures.save_renditions(Image.new("RGB", (64, 48), "red"), name="again", storage=storage)

    name = pictures.save_renditions(Image.new("RGB", (64, 48), "blue"), name="again", storage=storage)

    assert len(listed(storage, "")) == 10
    red, _, blue = stored_image(storage, name).convert("RGB").getpixel((10, 10))
    assert (red < 30, blue > 225) == (True, True)


def test_the_same_picture_gives_the_same_bytes():
    picture = Image.linear_gradient("L").resize((640, 480))

    assert pictures.encode_renditions(picture) == pictures.encode_renditions(picture)


def test_a_phone_picture_is_turned_upright_and_loses_where_it_was_taken(storage):
    camera = Image.Exif()
    camera[0x0112] = 6  # turn by 90 degrees to look at it
    camera.get_ifd(0x8825)[1] = "N"  # the northern hemisphere: the first thing a GPS notes
    file = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(file, "JPEG", exif=camera)

    name = pictures.save_renditions(Image.open(file), name="phone", storage=storage)

    for extension in pictures.FORMATS:
        rendition = stored_image(storage, pictures.rendition_name(name, 320, extension))
        assert rendition.size == (320, 480)
        assert dict(rendition.getexif()) == {}


def test_a_transparent_picture_lies_on_paper(storage):
    name = pictures.save_renditions(Image.new("RGBA", (40, 30)), name="glass", storage=storage)

    pixel = stored_image(storage, name).convert("RGB").getpixel((20, 15))
    assert all(abs(found - wanted) <= 3 for found, wanted in zip(pixel, (0xFB, 0xF8, 0xF3), strict=True))


def test_deleting_takes_the_master_and_all_renditions_and_may_be_repeated(storage):
    name = pictures.save_renditions(Image.new("RGB", (64, 48)), name="goods/gone", storage=storage)
    storage.save("goods/other.webp", ContentFile(b"stays"))

    pictures.delete_renditions(name, storage=storage)
    pictures.delete_renditions(name, storage=storage)

    assert listed(storage, "goods") == ["other.webp"]


def test_a_name_with_an_extension_is_a_mistake_of_the_caller(storage):
    with pytest.raises(AssertionError, match=r"'rice.webp' has an extension"):
        pictures.save_renditions(Image.new("RGB", (4, 3)), name="rice.webp", storage=storage)
