"""The drawn forms of tests/layouts; `tests/score_layouts.py` scores all of them in eleven containers."""

from __future__ import annotations

import pytest

from containers import docx
from drawn_forms import Layout, layouts


@pytest.mark.parametrize("layout", list(layouts()), ids=lambda layout: layout.name)
def test_a_layout_can_be_drawn(layout: Layout) -> None:
    assert docx(layout.document)
