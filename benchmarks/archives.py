"""Whole imports of a generated archive: cost beside the floor, one worker and two, memory, growth, and once more.

The archive is Word packages of one to four declarations each, in folders: every form has its own unit, project, amounts
and eight to fifteen indicators, some 40 forms a unit over ten years. The tables are those of samples/, in the markup
that Word writes around them (font, size and spacing of each paragraph and run, revision marks), deflated, with styles
and settings beside: about 75 kB of XML a form. Imports are the
command line's own, in processes of their own; what they and their workers take of processor and memory is read from the
system while they run. Figures of a whole process count its start.

    python benchmarks/archives.py [--documents 10000] [--growth]

`make bench-long` tells growth and memory from 40,000 documents, which hold 100,000 forms: ten minutes on two idle
cores, a quarter of them to generate the archive, in 2 GB of the folder for temporary files.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import psutil
from peers import walk
from rich.console import Console
from rich.table import Table
from stages import floor
from timing import seconds

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from containers import Declaration, Indicator, declaration_table, docx

FOLDER_SIZE = 500
SMALL = 1000
"""Growth of an import is told from so many documents of the archive."""
PAIR = 4000
"""One worker and two read so many."""
SAMPLE = 300
"""The floor and python-docx are measured on so many documents of the archive."""


def main() -> None:
    """Generate, import, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--growth", action="store_true", help="leave out what one worker and two are told from")
    arguments = parser.parse_args()
    console = Console(width=110, highlight=False)
    for result in import_results(arguments.documents, with_pair=not arguments.growth):
        console.print(result)
        console.print()


def import_results(documents: int, *, with_pair: bool = True) -> Iterator[Table]:
    """What each import took, and what follows from that; `with_pair` adds the same by one worker and by two."""
    with tempfile.TemporaryDirectory() as folder:
        archive = generated(Path(folder) / "archive", documents)
        folders = sorted(archive.iterdir())
        small, pair = min(SMALL, documents), min(PAIR, documents)
        sample = [path.read_bytes() for path in sorted(archive.rglob("*.docx"))[:SAMPLE]]
        lowest = seconds(lambda: [floor("docx", data) for data in sample], 3) / len(sample)

        def run(name: str, some: int, jobs: int) -> Run:
            return imported(folders[: -(-some // FOLDER_SIZE)], Path(folder) / f"{name}.duckdb", jobs)

        runs = [
            (f"{small} documents, 2 workers", small, run("small", small, 2)),
            (f"{documents} documents, 2 workers", documents, run("all", documents, 2)),
            (f"{documents} documents, again", documents, run("all", documents, 2)),
        ]
        if with_pair:
            runs += [
                (f"{pair} documents, 1 worker", pair, run("one", pair, 1)),
                (f"{pair} documents, 2 workers", pair, run("two", pair, 2)),
            ]
        yield import_table(runs, lowest)
        size = (Path(folder) / "all.duckdb").stat().st_size
        cells = seconds(lambda: [walk(data) for data in sample]) / len(sample) if find_spec("docx") else None
        yield ratio_table([run for _, _, run in runs], (small, documents), lowest, cells, size)


def import_table(runs: list[tuple[str, int, Run]], lowest: float) -> Table:
    """Processor time per document beside the floor, pace, and the most memory of the main process and of a worker."""
    table = Table(title="imports", title_justify="left", box=None)
    for heading in ("import", "ms per document", "× the floor", "documents/s", "main MB", "worker MB"):
        table.add_column(heading, justify="left" if heading == "import" else "right")
    for name, size, run in runs:
        each = run.processor / size
        table.add_row(
            name,
            f"{1000 * each:.2f}",
            f"{each / lowest:.1f}",
            f"{size / run.elapsed:.0f}",
            f"{run.main_bytes / 2**20:.0f}",
            f"{run.worker_bytes / 2**20:.0f}",
        )
    return table


def ratio_table(runs: list[Run], sizes: tuple[int, int], lowest: float, cells: float | None, size: int) -> Table:
    """What was aimed at, beside what came out. `cells` is python-docx's walk, where it is installed; times in seconds.

    Clock times, of two workers and of the second import, mean something on a machine with two idle processors alone.
    """
    few, first, again, *pair = runs
    small, documents = sizes
    each = first.processor / documents
    table = Table(title="ratios", title_justify="left", box=None)
    for heading in ("", "measured", "aim"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row("whole import per document, floor = 1", f"{each / lowest:.1f}", "≤ 4")
    table.add_row("  the same, python-docx's cell walk = 1", f"{each / cells:.2f}" if cells else "–", "≤ 0.25")
    if pair:
        table.add_row("pace of two workers, one = 1", f"{pair[0].elapsed / pair[1].elapsed:.2f}", "≥ 1.8")
    growth = each / (few.processor / small)
    table.add_row(f"per document, {documents} beside {small}", f"{growth:.2f}", "0.90 – 1.10")
    table.add_row("second import of the same, how much faster", f"{first.elapsed / again.elapsed:.0f}", "≥ 50")
    table.add_row("most memory of the main process, MB", f"{max(run.main_bytes for run in runs) >> 20}", "< 300")
    table.add_row("most memory of a worker, MB", f"{max(run.worker_bytes for run in runs) >> 20}", "< 512")
    table.add_row("database, kB per document", f"{size / documents / 1000:.1f}", "")
    return table


# ------------------------------------------------------------------------------------------------------- the archive


def generated(folder: Path, documents: int) -> Path:
    """An archive of `documents` Word packages; the first ones are the same however many there are."""
    for number in range(documents):
        path = folder / f"{number // FOLDER_SIZE:04}" / f"{number:06}.docx"
        path.parent.mkdir(parents=True, exist_ok=True)
        forms = [declaration_table(declaration(4 * number + place)) for place in range(1 + number % 4)]
        path.write_bytes(as_word_writes(docx([list(chain.from_iterable(forms))])))
    return folder


def declaration(number: int) -> Declaration:
    """A form like no other in the archive, with eight to fifteen indicators."""
    unit, count = divmod(number, FORMS_OF_A_UNIT)
    thing, work = THINGS[count % len(THINGS)], WORKS[count // len(THINGS) % len(WORKS)]
    indicators = tuple(
        Indicator(level1, level2, f"{thing}{level2[:2]}第{1 + row}项", target.format(number % 890 + row))
        for row, (level1, level2, target) in enumerate(INDICATORS[: 8 + number % 8])
    )
    return Declaration(
        reporting_unit=f"云溪县第{unit}{thing}管理所",
        project_name=f"{thing}{work}",
        department=f"云溪县第{unit % 97}局",
        year=2015 + number % 10,
        overview=f"对辖区内第{number}号{thing}进行{work}，包括巡查、检测、修缮和每季度的考核，由镇街配合实施。" * 3,
        funding={"total": str(number % 977 + 12), "municipal": "12", "local": str(number % 977)},
        indicators=indicators,
    )


FORMS_OF_A_UNIT = 40
THINGS = (
    "公园绿地",
    "农村道路",
    "中小学校舍",
    "社区食堂",
    "灌溉水渠",
    "图书馆藏",
    "森林防火",
    "垃圾分类",
    "河道堤防",
    "路灯照明",
)
WORKS = ("养护", "更新改造", "安全检查", "运行补助")


def as_word_writes(package: bytes) -> bytes:
    """A package of the tests with the markup and the parts that Word adds to it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as plain, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in plain.namelist():
            content = plain.read(name).decode()
            if name == "word/document.xml":
                for tag, markup in MARKUP.items():
                    content = content.replace(tag, markup)
            archive.writestr(name, content)
        for name in ("styles", "settings", "fontTable", "theme/theme1"):
            archive.writestr(f"word/{name}.xml", f"<part>{STYLE * 40}</part>")
    return written.getvalue()


_FONT = (
    '<w:rPr><w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312" w:hint="eastAsia"/>'
    '<w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr>'
)
_PARAGRAPH = (
    '<w:p w:rsidR="00A77B3E" w:rsidRDefault="00A77B3E"><w:pPr><w:spacing w:line="240" w:lineRule="exact"/>'
    f'<w:jc w:val="center"/>{_FONT}</w:pPr>'
)
MARKUP = {
    "<w:p/>": "<w:p></w:p>",
    "<w:p>": _PARAGRAPH,
    "<w:r><w:": f'<w:r w:rsidRPr="001C2D40">{_FONT}<w:',
    "</w:tcPr>": '<w:vAlign w:val="center"/></w:tcPr>',
    "<w:tr>": '<w:tr w:rsidR="00A77B3E"><w:trPr><w:trHeight w:val="454"/><w:jc w:val="center"/></w:trPr>',
}
"""What Word writes in the place of a tag."""

STYLE = (
    '<style type="paragraph" styleId="a{0}"><name val="Normal {0}"/><basedOn val="a"/><next val="a"/><qFormat/>'
    '<pPr><ind firstLineChars="200" firstLine="420"/></pPr></style>'
)


INDICATORS = [
    ("产出指标", "数量指标", "≥{}件"),
    ("产出指标", "数量指标", "{}.5公里"),
    ("产出指标", "数量指标", "不少于{}人次"),
    ("产出指标", "质量指标", "=100%"),
    ("产出指标", "质量指标", "95%以上"),
    ("产出指标", "时效指标", "2021年12月底前"),
    ("产出指标", "时效指标", "一年"),
    ("产出指标", "成本指标", "≤{}.5万元"),
    ("产出指标", "成本指标", "不超过{}元/人"),
    ("效益指标", "经济效益", "明显提高"),
    ("效益指标", "社会效益", "受益群众≥{}人"),
    ("效益指标", "社会效益", "有效改善"),
    ("效益指标", "生态效益", "绿化率提高2个百分点"),
    ("效益指标", "可持续影响", "长期"),
    ("效益指标", "满意度指标", "≥90%"),
]


# -------------------------------------------------------------------------------------------------------- measuring


@dataclass
class Run:
    """What an import took: seconds on the clock, seconds of processor, and the most memory of its processes."""

    elapsed: float = 0
    main_bytes: int = 0
    worker_bytes: int = 0
    spent: dict[int, float] = field(default_factory=dict)

    @property
    def processor(self) -> float:
        """Seconds of processor time of all processes."""
        return sum(self.spent.values())


def imported(folders: list[Path], database: Path, jobs: int) -> Run:
    """Import by the command line, and watch."""
    options = ("--db", str(database), "--jobs", str(jobs), "--quiet")
    command = [sys.executable, "-m", "extract", "import", *map(str, folders), *options]
    run = Run()
    started = time.perf_counter()
    with subprocess.Popen(command) as process:
        main = psutil.Process(process.pid)
        while process.poll() is None:
            _watch(main, run)
            time.sleep(0.05)
    run.elapsed = time.perf_counter() - started
    if process.returncode not in (0, 1):
        raise RuntimeError(f"the import ended with exit code {process.returncode}")
    return run


def _watch(main: psutil.Process, run: Run) -> None:
    try:
        for each in (main, *main.children(recursive=True)):
            times = each.cpu_times()
            run.spent[each.pid] = times.user + times.system
            memory = each.memory_info().rss
            if each.pid == main.pid:
                run.main_bytes = max(run.main_bytes, memory)
            else:
                run.worker_bytes = max(run.worker_bytes, memory)
    except psutil.NoSuchProcess:
        pass  # it ended while we looked


if __name__ == "__main__":
    main()
