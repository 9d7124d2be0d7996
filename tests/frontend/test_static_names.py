"""What production serves: every script imports the others under the names that change with their content."""

import re
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from frontend.static_names import HashedStaticFiles

SCRIPTS = Path(settings.BASE_DIR) / "frontend" / "static"


def test_scripts_import_each_other_by_the_names_that_change_with_their_content(tmp_path):
    found = FileSystemStorage(location=SCRIPTS)
    names = [f"js/{path.name}" for path in sorted((SCRIPTS / "js").glob("*.js"))]
    storage = HashedStaticFiles(location=tmp_path, base_url="/static/")
    for name in names:
        with found.open(name) as script:
            storage.save(name, script)

    list(storage.post_process({name: (storage, name) for name in names}))

    renamed = storage.hashed_files
    kept = Path(renamed["js/kept.js"]).name
    imports = {
        name: re.findall(r'from "(.+)"', (tmp_path / renamed[name]).read_text())
        for name in ("js/packing.js", "js/door.js", "js/listing.js")
    }
    assert re.fullmatch(r"kept\.[0-9a-f]{12}\.js", kept)
    assert {name: [Path(url).name for url in urls] for name, urls in imports.items()} == {
        "js/packing.js": [kept],
        "js/door.js": [kept],
        "js/listing.js": [kept],
    }
