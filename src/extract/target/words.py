"""Every list of words the grammar knows, one place for each. The patterns in the other modules are made of these."""

from __future__ import annotations

from collections.abc import Mapping


def any_of(*lists: str) -> str:
    """A pattern for one word of these lists, the longest that fits.

    >>> any_of("前 以前", "止")
    '(?:以前|前|止)'
    """
    return f"(?:{'|'.join(sorted(' '.join(lists).split(), key=len, reverse=True))})"


def _by_word(*tables: Mapping[str, str]) -> dict[str, str]:
    return {word: comparator for table in tables for comparator, words in table.items() for word in words.split()}


# ------------------------------------------------------------------------------------------------------- operators

# Words in front of a number that say how it is meant. 近 and its like approach the number from below.
OPERATOR_WORDS: Mapping[str, str] = {
    ">=": "不低于 不少于 不小于 不下于 不得低于 不得少于 不得小于 不能低于 不能少于 不应低于 不应少于 至少 最少 最低 "
    "大于等于 大于或等于 高于等于 高于或等于 达到 达 "
    "提高到 提高至 提升到 提升至 增加到 增加至 增长到 增长至 上升到 上升至",
    "<=": "不超过 不高于 不大于 不多于 不超出 不得超过 不得高于 不得多于 不能超过 不能高于 不应超过 不应高于 未超过 "
    "至多 最多 最高 "
    "小于等于 小于或等于 低于等于 低于或等于 控制在 "
    "降到 降至 降低到 降低至 下降到 下降至 减少到 减少至 缩短到 缩短至 压减到 压减至",
    ">": "大于 高于 多于 超过 超出 超 突破 逾",
    "<": "小于 低于 少于 不足 不到 不满 未满",
    "=": "等于 为 是 保持在 稳定在 维持在",
    "approx": "约 大约 大概 近 将近 接近",
}
FROM_BELOW = {"近", "将近", "接近"}
# Copulas: no operator is written. They, and the words for a level that is reached, give way to a suffix: 达到15%左右.
COPULAS = {"为", "是", "保持在", "稳定在", "维持在"}
YIELDING = COPULAS | {"达到", "达", "控制在"}

# Words behind a number that say the same; not where they begin another word: 内部, 内容, 内外, 内涵, 以上级.
SUFFIX_WORDS: Mapping[str, str] = {
    ">=": "以上 及以上 或以上 及其以上",
    "<=": "以下 及以下 或以下 以内 之内 内",
    ">": "以外 之外",
    "approx": "左右 上下",
}
# ± is a sign too, but compares nothing.
SIGNS = "≥≤><=≈±"
SIGN_COMPARATOR: Mapping[str, str] = {"≥": ">=", "≤": "<=", ">": ">", "<": "<", "=": "=", "≈": "approx"}

# What each operator word, suffix and sign means.
COMPARATOR: Mapping[str, str] = {**_by_word(OPERATOR_WORDS, SUFFIX_WORDS), **SIGN_COMPARATOR}
DIRECTION: Mapping[str, str] = {">=": "up", ">": "up", "<=": "down", "<": "down", "=": "level", "approx": "near"}

# Patterns for them. A limit is an operator that can bound an interval: 不低于80%且不高于95%.
WORD = any_of(*OPERATOR_WORDS.values())
LONG_WORD = any_of(*(word for words in OPERATOR_WORDS.values() for word in words.split() if len(word) > 1))
SUFFIX = rf"{any_of(*SUFFIX_WORDS.values())}(?!部|容|外|涵|级)"
LIMIT = rf"(?:[≥≤><]|{WORD})"
# What stands between two limits (且), and between the two ends of a range (10-20, 5%至8%).
AND = any_of("且 并且 而")
DASH = r"(?:[-‐‑–—―~〜]{1,2}|至|到)"

# --------------------------------------------------------------------------------------------------------- numerals

CHINESE_DIGITS = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
CHINESE_SCALES = "十拾百佰千仟万萬亿億"

# ------------------------------------------------------------------------------------------------------------ dates

# Words in front of a date and behind it.
DATE_WORDS: Mapping[str, str] = {
    "<=": "截至 截止 截止到 不晚于 不迟于 最晚 最迟 到 至 ≤",
    ">=": "从 自 ≥",
    "=": "于 在 =",
}
# 从 and 自 give way to a suffix: 从6月起. 于 and 在 alone make no target of a date.
BEGINNINGS = {"从", "自"}
PREPOSITIONS = {"于", "在"}
DATE_SUFFIXES: Mapping[str, str] = {"<=": "之前 以前 前 内 止 为止", ">=": "起"}
DATE_COMPARATOR: Mapping[str, str] = _by_word(DATE_WORDS, DATE_SUFFIXES)
DEADLINE = any_of(DATE_SUFFIXES["<="])

# What is done by a deadline: 12月底前全部完成.
DONE_BY = "完成 完工 建成 竣工 验收 开工 实施 投入使用 交付 上线 办结 拨付 发放 支付"
IN_WHATEVER_WAY = "全部 全面 按时 按期"

# ----------------------------------------------------------------------------------------------------------- changes

# Directly in front of a number they make it the size of the change: 提高5个百分点.
RISE = "提高 提升 增长 增加 上升 上涨 翻"
FALL = "下降 降低 减少 缩短 压减 压缩 削减"
# What a change is measured against: 同比, 较上年.
COMPARISONS = "同比 环比 年均"
EARLIER_PERIODS = "上年 上年度 上一年 上一年度 去年 前年 往年 年初 上期"

# ------------------------------------------------------------------------------------------------------------ labels

NEGATIONS = "不 未 没 没有 无 非 勿 禁止 避免"
# A label that ends like this has a number for its value: 完成率95.
ENDS_OF_A_NUMERIC_LABEL = "率度数量值额分比:"
# Digits in front of these are a telephone number: 12345热线.
HOTLINES = "热线 平台 专线 急救 报警 接警 指挥"
# Characters at either end of a label that are no part of it.
LABEL_EDGES = ":,;、。①②③④⑤⑥⑦⑧⑨⑩"

# --------------------------------------------------------------------------------------------------- grades and ranks

GRADES = "优秀 优良 良好 合格 及格 达标 优 良"
REACHING = "不低于 不得低于 达到 达 ≥ = 为"
RANKED = "进入 位居 位列 排名 排在"
# Who or what is ranked: 全省前十.
RANKINGS = "全国 全省 全市 全州 全区 全县 省 市 区 县 系统 排名 排位"

# --------------------------------------------------------------------------------------------------- implied numbers

# 资金全部到位 is 100 %.
CARRIED_OUT = "完成 到位 合格 达标 覆盖 落实 发放 拨付 兑现 支付 验收 通过 整改 办结 建成 参保 入学 缴清"
# 零投诉 is 0.
AVOIDED = (
    "上访 信访 投诉 举报 事故 伤亡 死亡 差错 失误 发生 感染 违规 违纪 违法 案件 延误 泄露 泄密 火灾 缺陷 污染 欠薪 增长"
)
# Words that take it back: 基本全覆盖.
HEDGES = "未 不 非 没 无 基本 力争 争取 逐步 努力 接近 推动 推进 促进 部分 尽量 至少"

# ----------------------------------------------------------------------------------------------------------- context

# Second levels whose rows are about money; the social and the ecological cost are not.
MONEY_LEVELS = "成本指标 经济成本指标 产出成本指标 项目成本指标 成本 经济成本 产出成本 成本目标"
# What in a name says that its number is no total of money: 人均成本, 成本节约率.
NO_TOTALS = "人均 户均 生均 次均 亩均 平均 每 单价 单位 标准 率 比例 占比 程度 次数 人数 天数 时间"
# What stands in a unit column instead of a unit.
NO_UNITS = {"无", "定性", "文字", "文字描述", "不适用"}
