"""A department of the demonstration, whose program may ask with a key everybody knows."""

import uuid
from datetime import datetime

from marketplace.departments import keys
from marketplace.departments.models import Department, Key

NAME = "Sở Công Thương (dữ liệu mẫu)"
KEY = "mtd_dienbien-demo"


def save(*, now: datetime) -> None:
    """Save the department, which may ask about the whole province, and its key."""
    department = Department.objects.create(name=NAME, is_sample=True)
    keys.make(
        key_id=uuid.uuid4(), department=department, scopes=Key.Scope.values, by=None, now=now, secret=KEY
    )
