"""Archives of budget performance forms (.docx, text dumps) become DuckDB tables.

The stages, in order: `sources` finds the files, `readers` turn bytes into a neutral `document`, `tokenizer` cuts it
into one slice per form, `parser` fills a `form` by the YAML `rules`, `target` reads what an indicator demands, `checks`
say what looks wrong, `store` writes DuckDB, and `report` and `show` put it before people.
"""

__version__ = "0.1.0"
