"""Writes the files in samples/; running it again writes the same bytes.

    python tests/make_samples.py

The county, its offices, people, telephone numbers and amounts are invented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from containers import (
    EMPTY,
    LINE_BREAK,
    TICKED,
    TITLE,
    Box,
    Declaration,
    Document,
    Indicator,
    Table,
    Ticks,
    body_xml,
    declaration_table,
    docx,
    dump,
    headings,
    inline_xml,
    package,
    paragraph_xml,
    table_xml,
)
from drawn_forms import LAYOUTS, Layout, read_layout
from text_dumps import antiword, pipe, tabbed

SAMPLES = Path(__file__).parent.parent / "samples"


def main() -> None:
    SAMPLES.mkdir(exist_ok=True)
    for name, data in samples().items():
        (SAMPLES / name).write_bytes(data)


def samples() -> dict[str, bytes]:
    """The bytes of each sample by file name."""
    first_year, second_year, third_year = in_year(PARKS, 2021), in_year(MEALS, 2021), in_year(RIVER, 2021)
    return {
        "one-form.txt": dump([declaration_table(first_year)]).encode(),
        "one-form.docx": docx([declaration_table(first_year)]),
        "four-forms-gb18030.txt": dump([one_table(HERITAGE, SORTING, GRANARY, SQUARES)]).encode("gb18030"),
        "twelve-forms.txt": dump([one_table(*TWELVE)]).encode(),
        "notice-before-instructions-after.txt": dump(notice_with_forms(WELLS, AIR)).encode(),
        "odd-spacing-utf16.txt": odd_text(in_year(FIRE, 2022), in_year(ROADS, 2022)),
        "empty-fields.txt": dump([declaration_table(HALF_EMPTY), declaration_table(BLANK)]).encode(),
        "three-forms-one-table.docx": docx([one_table(second_year, third_year, in_year(LIBRARY, 2021))]),
        "two-forms-with-notice.docx": package(
            body_xml(notice_with_forms(in_year(FOREST, 2023), in_year(TRAINING, 2023))), footer=PAGE_NUMBER
        ),
        "ticked-boxes.docx": package(ticked_boxes()),
        "revised-draft.docx": package(revised_draft()),
        "unknown-form.docx": docx(UNKNOWN_FORM),
        "meeting-notes.txt": MEETING_NOTES.encode(),
        **{name: write(drawn(Path(name).stem).document) for name, write in DRAWN.items()},
    }


# ----------------------------------------------------------------------------------------------------- arranging forms


def one_table(*declarations: Declaration) -> Table:
    """The forms below each other in one table, without a gap."""
    return [row for d in declarations for row in declaration_table(d)]


def in_year(d: Declaration, year: int) -> Declaration:
    """The same project declared for a later year: its period and deadlines move along, cited documents do not."""
    years = year - (d.year or year)

    def moved(text: str) -> str:
        return re.sub(r"20\d\d(?=年)", lambda found: str(int(found[0]) + years), text)

    return replace(
        d,
        year=year,
        period=moved(d.period),
        annual_goal=moved(d.annual_goal),
        indicators=tuple(i._replace(name=moved(i.name), target=moved(i.target)) for i in d.indicators),
    )


def with_texts(table: Table, changed: Callable[[str], str]) -> Table:
    return [[replace(box, text=changed(box.text)) for box in row] for row in table]


def indicators(block: str) -> tuple[Indicator, ...]:
    """Indicators from lines of four words: both levels, name and target; | is a line break."""
    lines = block.replace("|", LINE_BREAK).strip().split("\n")
    return tuple(Indicator(*line.split(" ")) for line in map(str.strip, lines))


# -------------------------------------------------------------------------------------------------- twelve projects

PARKS = Declaration(
    reporting_unit="云溪县公园服务中心",
    unit_head="林知远",
    project_name="城区公园绿地养护",
    department="云溪县城市管理局",
    period="2020年1-12月",
    lead="周小禾",
    contact="许明澈13900000001",
    overview="对城区6个公园的绿地、步道和照明开展日常养护，及时补植苗木、维修座椅和儿童游乐设施。",
    basis="《云溪县城区绿地养护管理办法》（云政办发〔2019〕12号）、《关于下达2020年城市维护资金预算的通知》（云财预〔2020〕3号）",
    funding={"total": "86.5", "municipal": "20", "local": "66.5"},
    measures="1、养护工作分片包干、责任到人；\n2、每月检查考核一次，结果与养护费挂钩。",
    long_term_goal="建成干净、安全、便民的城市公园体系，公园绿地养护长期达到二级标准以上。",
    annual_goal="完成6个公园的日常养护，全年补植苗木1200株以上，游乐设施无安全事故。",
    indicators=indicators("""
        产出|指标 数量指标 养护绿地面积 ≥32.6万平方米
        产出|指标 数量指标 补植苗木 ≥1200株
        产出|指标 数量指标 养护公园 =6个
        产出|指标 质量指标 苗木成活率 ≥95%
        产出|指标 质量指标 设施完好率 不低于98%
        产出|指标 时效指标 设施报修处理时限 ≤3天
        产出|指标 成本指标 绿地养护单价 ≤2.6元/平方米
        效益指标 社会效益 改善市民休闲环境 明显改善
        效益指标 环境效益 城区绿化覆盖率 ≥38.5%
        效益指标 满意度指标 游园市民满意度 ≥90%
    """),
    year=2020,
)

MEALS = Declaration(
    reporting_unit="云溪县学生营养办公室",
    unit_head="沈若溪",
    project_name="农村义务教育学生营养午餐补助",
    department="云溪县教育体育局",
    period="2020年1月-2020年12月",
    lead="顾北辰",
    contact="江采薇 13900000002",
    overview="为全县46所农村中小学的学生提供营养午餐，补助标准为每生每天4元。\n全年按200天计算，受益学生约1.05万人。",
    basis="《云溪县农村学生营养改善计划实施方案》（云政发〔2018〕9号）",
    funding={"total": "840", "central": "420", "provincial": "210", "municipal": "84", "local": "126"},
    measures="1、学校食堂财务公开，家长委员会每学期检查两次；\n2、大宗食材统一招标、定点采购；\n3、餐食留样48小时。",
    long_term_goal="农村学生营养状况持续改善，贫血率逐年下降。",
    annual_goal="46所学校按时足额供餐，不发生食品安全事故。",
    indicators=indicators("""
        产出指标 数量指标 供餐学校 =46所
        产出指标 数量指标 受益学生 ≥1.05万人
        产出指标 数量指标 供餐天数 200天
        产出指标 质量指标 食材抽检合格率 =100%
        产出指标 质量指标 食堂持证率 100%
        产出指标 时效指标 补助资金拨付时间 每学期开学前
        产出指标 成本指标 补助标准 =4元/生·天
        效益指标 社会效益 学生营养健康水平 逐步提高
        效益指标 可持续影响指标 供餐制度健全性 健全
        效益指标 满意度指标 学生及家长满意度 90%以上
    """),
    year=2020,
)

RIVER = Declaration(
    reporting_unit="云溪县河道管理站",
    unit_head="韩松涛",
    project_name="清溪河流域河道保洁",
    attribute="新增项目",
    department="云溪县水利局",
    period="2020年3月1日至2020年12月31日",
    lead="苏念真",
    contact="程一诺（13900000003）",
    overview="对清溪河干流及青枫、柳湾两条支流共58.4公里河道实行常态化保洁，清理水面漂浮物和岸线垃圾。",
    basis="《澜江市河湖长制工作考核办法》（澜政办发〔2019〕31号）、《云溪县清溪河一河一策方案》",
    funding={"total": "63.25", "provincial": "20", "local": "38.25", "other": "5"},
    measures="河长每周巡河，保洁公司每日保洁；\n实行季度考核，考核不合格的扣减服务费。",
    long_term_goal="实现河畅、水清、岸绿、景美。",
    annual_goal="河面无成片漂浮物，断面水质稳定达到Ⅲ类。",
    indicators=indicators("""
        产出指标 数量指标 保洁河道长度 ≥58.4公里
        产出指标 数量指标 打捞漂浮物 ≥900吨
        产出指标 数量指标 聘用保洁员 20-24人
        产出指标 质量指标 断面水质 达到Ⅲ类
        产出指标 质量指标 保洁考核合格率 ≥95%
        产出指标 时效指标 完成时间 2020年12月底前
        产出指标 成本指标 每公里保洁费用 ≤1.08万元
        效益指标 社会效益 带动沿河群众就业 ≥20人
        效益指标 生态效益 河道水生态环境 明显改善
        效益指标 满意度指标 沿河群众满意度 ≥92%
    """),
    year=2020,
)

LIBRARY = Declaration(
    reporting_unit="云溪县图书馆",
    unit_head="梁思齐",
    project_name="公共图书馆免费开放",
    department="云溪县文化旅游局",
    period="2020年1-12月",
    lead="唐雨桐",
    contact="唐雨桐13900000004",
    overview="县图书馆和9个乡镇分馆全年免费开放，举办读书会、展览和公益讲座，更新图书和数字资源。",
    basis="《关于推进公共文化场馆免费开放的实施意见》（澜文发〔2017〕22号）、《云溪县公共文化服务目录》（云政办发〔2018〕40号）",
    funding={"total": "47.8", "central": "20", "provincial": "10", "local": "17.8"},
    measures="1.制定《免费开放服务规范》；\n2.图书采购由专家和读者代表共同选书；\n3.每周开放不少于56小时。",
    long_term_goal="形成覆盖城乡、便捷高效的公共阅读服务网络。",
    annual_goal="全年接待读者12万人次以上，举办阅读活动120场以上。",
    indicators=indicators("""
        产出指标 数量指标 接待读者 ≥12万人次
        产出指标 数量指标 举办阅读活动 ≥120场次
        产出指标 数量指标 新增图书 ≥8000册
        产出指标 数量指标 每周开放时间 ≥56小时
        产出指标 质量指标 活动按计划开展率 =100%
        产出指标 时效指标 新书上架时限 ≤15个工作日
        产出指标 成本指标 购书经费 ≤15万元
        效益指标 社会效益 居民阅读氛围 更加浓厚
        效益指标 可持续影响指标 注册读者年增长率 ≥5%
        效益指标 满意度指标 读者满意度 ≥95%
    """),
    year=2020,
)

FIRE = Declaration(
    reporting_unit="云溪县消防救援大队",
    unit_head="孟春和",
    project_name="老旧小区消防安全隐患整治",
    attribute="新增项目",
    department="云溪县应急管理局",
    period="2020年4-11月",
    lead="陆青山",
    contact="叶知秋13900000005",
    overview="为35个老旧小区更换室内消火栓和灭火器，打通消防车通道，建设电动自行车集中充电点。",
    basis="《云溪县消防安全专项整治三年行动实施方案》（云安委〔2020〕5号）",
    funding={"total": "128", "municipal": "48", "local": "60", "other": "20"},
    measures="1、成立整治工作专班；\n2、器材进场前逐批检验；\n3、社区网格员每周巡查。",
    long_term_goal="老旧小区消防设施完好有效，火灾起数稳步下降。",
    annual_goal="完成35个小区整治，建成充电点60处。",
    indicators=indicators("""
        产出指标 数量指标 整治小区 =35个
        产出指标 数量指标 更换灭火器 ≥2400具
        产出指标 数量指标 建设集中充电点 ≥60处
        产出指标 质量指标 消防设施验收合格率 =100%
        产出指标 时效指标 完工时间 2020年11月底前
        产出指标 成本指标 充电点建设成本 ≤0.45万元/处
        效益指标 社会效益 居民火灾起数下降率 ≥10%
        效益指标 社会效益 亡人火灾 0起
        效益指标 满意度指标 小区居民满意度 ≥90%
    """),
    year=2020,
    finance_opinion="同意申报。",
)

ROADS = Declaration(
    reporting_unit="云溪县公路养护所",
    unit_head="秦望舒",
    project_name="农村公路日常养护",
    department="云溪县交通运输局",
    period="2020年",
    lead="方晓岚",
    contact="贺长风，13900000006",
    overview="对县道、乡道、村道共1126.8公里开展日常养护和小修保养，处置水毁和病害。",
    basis="《云溪县深化农村公路管理养护体制改革方案》（云政发〔2019〕16号）、《农村公路养护考核细则》（云交发〔2020〕8号）",
    funding={"total": "1,352.16", "provincial": "901.44", "municipal": "112.68", "local": "338.04"},
    measures="县道县管、乡村道乡村管；\n每季度检查一次，按得分拨付养护资金。",
    long_term_goal="基本建成管理规范、保障有力的农村公路养护体系。",
    annual_goal="列养率100%，优良中等路率不低于85%。",
    indicators=indicators("""
        产出指标 数量指标 养护里程 ≥1126.8公里
        产出指标 数量指标 处置路面病害 ≥3.5万平方米
        产出指标 质量指标 优良中等路率 不低于85%
        产出指标 质量指标 列养率 =100%
        产出指标 时效指标 水毁抢通时限 ≤48小时
        产出指标 成本指标 县道养护标准 10000元/公里
        产出指标 成本指标 乡道养护标准 5000元/公里
        效益指标 经济效益 降低沿线运输成本 有所降低
        效益指标 社会效益 提供养护公益性岗位 80-100人
        效益指标 可持续影响指标 路长制覆盖率 100%
        效益指标 满意度指标 沿线群众满意度 ≥88%
    """),
    year=2020,
)

DAY_CARE = Declaration(
    reporting_unit="云溪县养老服务指导中心",
    unit_head="白景行",
    project_name="社区老年人日间照料中心运营补贴",
    department="云溪县民政局",
    period="2020年1-12月",
    lead="温如玉",
    contact="石磊13900000007",
    overview="对14家社区老年人日间照料中心给予运营补贴，为60岁以上老人提供助餐、康复和文化娱乐服务。",
    basis="《云溪县居家和社区养老服务实施办法》（云民发〔2019〕27号）",
    funding={"total": "70", "provincial": "28", "municipal": "14", "local": "28"},
    measures="按季度开展第三方评估；\n补贴分三档，依评估等级拨付。",
    long_term_goal="“十五分钟养老服务圈”基本形成。",
    annual_goal="14家中心正常运营，服务老人3万人次以上。",
    indicators=indicators("""
        产出指标 数量指标 补贴日间照料中心 14家
        产出指标 数量指标 服务老年人 ≥3万人次
        产出指标 数量指标 助餐服务 ≥1.2万人次
        产出指标 质量指标 评估达到三星级以上的占比 ≥80%
        产出指标 时效指标 补贴拨付及时率 =100%
        产出指标 成本指标 平均每家补贴 ≤5万元/年
        效益指标 社会效益 减轻家庭照料负担 有效减轻
        效益指标 可持续影响指标 养老服务人才队伍 逐步壮大
        效益指标 满意度指标 老年人及家属满意度 ≥95%
    """),
    other_notes="2家新建中心下半年投入使用，补贴按6个月计算。",
    year=2020,
)

DOCTORS = Declaration(
    reporting_unit="云溪县基层卫生服务中心",
    unit_head="罗星野",
    project_name="家庭医生签约服务",
    department="云溪县卫生健康局",
    period="2020年1-12月",
    lead="夏知微",
    contact="卢清越13900000008",
    overview="组建112支家庭医生团队，为老年人、孕产妇、儿童和慢性病患者提供签约服务。",
    basis="《云溪县家庭医生签约服务工作方案》（云卫发〔2018〕33号）、《基本公共卫生服务补助资金管理细则》（云财社〔2019〕14号）",
    funding={"total": "218.4", "central": "120", "provincial": "48.4", "local": "50"},
    measures="1、签约服务费按履约情况分两次拨付；\n2、每半年电话回访签约居民，回访比例不低于5%。",
    long_term_goal="居民拥有稳定、连续的家庭医生服务。",
    annual_goal="重点人群签约率达到75%以上。",
    indicators=indicators("""
        产出指标 数量指标 家庭医生团队 ≥112支
        产出指标 数量指标 签约居民 ≥9.6万人
        产出指标 数量指标 入户随访 ≥2次/人
        产出指标 质量指标 重点人群签约率 ≥75%
        产出指标 质量指标 高血压患者规范管理率 ≥62%
        产出指标 时效指标 按期完成率 100%
        产出指标 成本指标 签约服务费 120元/人·年
        效益指标 社会效益 居民健康知识知晓率 比上年提高3个百分点
        效益指标 满意度指标 签约居民满意度 ≥85%
    """),
    year=2020,
)

FARMLAND = Declaration(
    reporting_unit="云溪县农田建设服务中心",
    unit_head="魏子衿",
    project_name="高标准农田建后管护",
    attribute="新增项目",
    department="云溪县农业农村局",
    period="2020年5月至2021年4月",
    lead="郑云帆",
    contact="杜若13900000009",
    overview="对2016年以来建成的8.3万亩高标准农田的沟渠、泵站和机耕道开展管护维修。",
    basis="《云溪县高标准农田工程设施管护办法》（云农发〔2020〕11号）",
    funding={"total": "124.5", "provincial": "83", "local": "41.5"},
    measures="落实乡镇属地管护责任；\n设置公示牌，公开管护人员和监督电话。",
    long_term_goal="农田工程设施长期发挥效益，粮食产能稳步提升。",
    annual_goal="管护面积8.3万亩，维修沟渠不少于60公里。",
    indicators=indicators("""
        产出指标 数量指标 管护面积 ≥8.3万亩
        产出指标 数量指标 维修沟渠 ≥60公里
        产出指标 数量指标 检修泵站 45座
        产出指标 质量指标 设施完好率 ≥90%
        产出指标 时效指标 灌溉期前完成检修 2021年3月底前
        产出指标 成本指标 亩均管护费用 ≤15元/亩
        效益指标 经济效益 亩均增产粮食 50公斤左右
        效益指标 生态效益 灌溉水有效利用系数 ≥0.55
        效益指标 满意度指标 受益农户满意度 ≥90%
    """),
    year=2020,
)

FOREST = Declaration(
    reporting_unit="云溪县森林防火中心",
    unit_head="傅长卿",
    project_name="森林防火巡护",
    department="云溪县林业局",
    period="2020年1-12月",
    lead="姜白石",
    contact="俞秋白13900000010",
    overview="在松岭、石桥等5个重点林区配备护林员，维护瞭望塔和视频监控，开展防火宣传。",
    basis="《云溪县森林防火规划》（云政发〔2017〕21号）、《关于加强护林员管理的通知》（云林发〔2019〕18号）",
    funding={"total": "196.7", "central": "60", "provincial": "56.7", "local": "80"},
    measures="1、护林员实行定位巡护，每月考勤；\n2、防火期24小时值班。",
    long_term_goal="不发生重特大森林火灾，森林火灾受害率控制在0.9‰以内。",
    annual_goal="巡护林地46万亩，火情当日处置率100%。",
    indicators=indicators("""
        产出指标 数量指标 巡护林地面积 ≥46万亩
        产出指标 数量指标 聘用护林员 ≥158名
        产出指标 数量指标 开展防火宣传 ≥24次
        产出指标 质量指标 火情当日处置率 =100%
        产出指标 时效指标 接警到场时间 ≤40分钟
        产出指标 成本指标 护林员补助 ≤800元/人·月
        效益指标 生态效益 森林火灾受害率 ≤0.9‰
        效益指标 社会效益 群众防火意识 明显增强
        效益指标 满意度指标 林区群众满意度 ≥90%
    """),
    year=2020,
)

TRAINING = Declaration(
    reporting_unit="云溪县残疾人就业服务所",
    unit_head="谢听澜",
    project_name="残疾人职业技能培训",
    department="云溪县残疾人联合会",
    period="2020年6-10月",
    lead="范予安",
    contact="金小鱼 13900000011",
    overview="开设盲人按摩、电子商务、手工编织等培训班，帮助有就业意愿的残疾人掌握一技之长。",
    basis="《残疾人就业保障金使用管理细则》（云财综〔2018〕6号）",
    funding={"total": "32", "local": "26", "other": "6"},
    measures="培训机构通过比选确定，培训费按合格人数结算。",
    long_term_goal="残疾人就业创业能力不断提高，生活更有尊严。",
    annual_goal="培训残疾人260人，培训后就业率达到45%。",
    indicators=indicators("""
        产出指标 数量指标 培训残疾人 ≥260人
        产出指标 数量指标 举办培训班 8期
        产出指标 数量指标 每期培训课时 ≥40课时
        产出指标 质量指标 培训合格率 ≥95%
        产出指标 质量指标 培训后就业率 ≥45%
        产出指标 时效指标 培训完成时间 2020年10月底前
        产出指标 成本指标 人均培训费用 ≤1200元
        效益指标 社会效益 参训人员人均增收 1500-3000元/年
        效益指标 满意度指标 参训人员满意度 ≥95%
    """),
    year=2020,
)

SERVICE_HALL = Declaration(
    reporting_unit="云溪县政务服务中心",
    unit_head="戴思远",
    project_name="政务服务大厅运行保障",
    department="云溪县行政审批服务局",
    period="2020年1-12月",
    lead="钟灵",
    contact="钟灵13900000012",
    overview="保障政务服务大厅68个窗口和16台自助终端的正常运行，开展帮办代办服务。",
    basis="《云溪县政务服务“一窗通办”改革方案》（云政办发〔2020〕19号）",
    funding={"total": "95.6", "local": "95.6"},
    measures="窗口服务“好差评”全覆盖；\n物业和设备运维合同按月考核。",
    long_term_goal="政务服务更加便捷、规范、高效。",
    annual_goal="办件按时办结率100%，平均办理时限压缩30%。",
    indicators=indicators("""
        产出指标 数量指标 服务窗口 68个
        产出指标 数量指标 年办件量 ≥15万件
        产出指标 质量指标 按时办结率 100%
        产出指标 质量指标 自助终端可用率 ＞99%
        产出指标 时效指标 平均等候时间 ＜10分钟
        产出指标 成本指标 大厅运行经费 ≤95.6万元
        效益指标 社会效益 群众少跑腿 平均跑动次数≤0.3次
        效益指标 经济效益 企业开办时间 压缩至1个工作日内
        效益指标 满意度指标 办事群众好评率 ≥99.5%
    """),
    year=2020,
)

TWELVE = (
    *(PARKS, MEALS, RIVER, LIBRARY, FIRE, ROADS),
    *(DAY_CARE, DOCTORS, FARMLAND, FOREST, TRAINING, SERVICE_HALL),
)

# ---------------------------------------------------------------------------------------- projects of other samples

HERITAGE = Declaration(
    reporting_unit="云溪县文物保护所",
    unit_head="任疏桐",
    project_name="古桥古道抢救性修缮",
    attribute="新增项目",
    department="云溪县文化旅游局",
    period="2019年3-12月",
    lead="柯以安",
    contact="柯以安13900000013",
    overview="对柳湾廊桥等4处县级文物保护单位开展抢救性修缮，增设安防和排水设施。",
    basis="《云溪县文物保护利用规划》（云政发〔2018〕25号）",
    funding={"total": "156", "provincial": "100", "municipal": "30", "local": "26"},
    measures="严格执行文物工程资质管理；\n邀请专家全程指导、分阶段验收。",
    long_term_goal="县域不可移动文物得到妥善保护和合理利用。",
    annual_goal="完成4处文物的修缮并通过验收。",
    indicators=indicators("""
        产出指标 数量指标 修缮文物保护单位 =4处
        产出指标 质量指标 工程验收合格率 =100%
        产出指标 时效指标 完工时间 2019年12月20日前
        产出指标 成本指标 修缮总投入 ≤156万元
        效益指标 社会效益 传承地方历史文化 效果显著
        效益指标 可持续影响指标 修缮后免大修年限 ≥15年
        效益指标 满意度指标 当地群众满意度 ≥95%
    """),
    year=2019,
)

SORTING = Declaration(
    reporting_unit="云溪县环境卫生服务站",
    unit_head="童佳期",
    project_name="生活垃圾分类试点",
    attribute="新增项目",
    department="云溪县城市管理局",
    period="2019年1月-12月",
    lead="祝余",
    contact="祝余 13900000014",
    overview="在12个小区开展生活垃圾分类试点，配置分类投放设施，聘请督导员。",
    basis="《云溪县生活垃圾分类试点工作方案》（云政办发〔2018〕37号）",
    funding={"total": "58.6", "municipal": "18.6", "local": "40"},
    measures="每日督导，每周通报；\n设立“红黑榜”。",
    long_term_goal="居民养成垃圾分类的良好习惯。",
    annual_goal="试点小区分类投放准确率达到70%。",
    indicators=indicators("""
        产出指标 数量指标 试点小区 12个
        产出指标 数量指标 配置分类投放亭 ≥36座
        产出指标 数量指标 入户宣传 ≥8600户
        产出指标 质量指标 分类投放准确率 ≥70%
        产出指标 时效指标 垃圾清运频次 每天不少于2次
        产出指标 成本指标 每户年均成本 ≤68元
        效益指标 环境效益 生活垃圾减量率 ≥8%
        效益指标 社会效益 居民分类知晓率 90%以上
        效益指标 满意度指标 试点小区居民满意度 ≥85%
    """),
    year=2019,
)

GRANARY = Declaration(
    reporting_unit="云溪县粮食储备管理站",
    unit_head="岳明远",
    project_name="县级储备粮轮换补贴",
    department="云溪县发展和改革局",
    period="2019年1-12月",
    lead="邹时雨",
    contact="邹时雨13900000015",
    overview="对到期的5600吨县级储备稻谷实施轮换，补贴轮换价差和保管费用。",
    basis="《云溪县县级储备粮管理办法》（云政发〔2016〕13号）、《关于核定储备粮费用补贴标准的通知》（云发改粮〔2018〕9号）",
    funding={"total": "112", "local": "112"},
    measures="轮换计划报批后实施，公开竞价交易，质量逐批检验。",
    long_term_goal="确保储备粮数量真实、质量良好、储存安全。",
    annual_goal="完成5600吨稻谷轮换，入库质量达标率100%。",
    indicators=indicators("""
        产出指标 数量指标 轮换储备稻谷 =5600吨
        产出指标 质量指标 入库质量达标率 =100%
        产出指标 质量指标 储存损耗率 ≤0.2%
        产出指标 时效指标 轮换空库期 ≤4个月
        产出指标 成本指标 轮换补贴标准 ≤200元/吨
        效益指标 社会效益 县域粮食应急保障能力 有效保障
        效益指标 经济效益 带动农户售粮 ≥1800户
        效益指标 满意度指标 售粮农户满意度 ≥90%
    """),
    year=2019,
)

SQUARES = Declaration(
    reporting_unit="云溪县群众艺术馆",
    unit_head="晏清和",
    project_name="广场舞与民间文艺展演",
    department="云溪县文化旅游局",
    period="2019年5月1日-2019年10月31日",
    lead="穆青",
    contact="穆青13900000016",
    overview="在县城和各乡镇举办广场舞、皮影、山歌等群众文艺展演。",
    basis="《云溪县群众文化活动年度计划》（云文发〔2019〕4号）",
    funding={"total": "24.36", "local": "18.36", "other": "6"},
    measures="活动方案报备，节目公开征集，经费单独核算。",
    long_term_goal="群众文化生活更加丰富，民间文艺薪火相传。",
    annual_goal="举办展演40场，参演群众3000人次。",
    indicators=indicators("""
        产出指标 数量指标 举办展演 40场
        产出指标 数量指标 参演群众 ≥3000人次
        产出指标 数量指标 观众 ≥1.2万人次
        产出指标 质量指标 原创节目占比 三分之一以上
        产出指标 时效指标 活动周期 6个月
        产出指标 成本指标 每场平均费用 6000元左右
        效益指标 社会效益 丰富群众文化生活 成效明显
        效益指标 满意度指标 观众满意度 ≥93%
    """),
    year=2019,
)

WELLS = Declaration(
    reporting_unit="云溪县农村供水服务站",
    unit_head="凌霄",
    project_name="农村饮水水质检测",
    department="云溪县水利局",
    period="2022年1-12月",
    lead="段星河",
    contact="段星河13900000017",
    overview="对全县86处集中供水工程的水源水、出厂水和末梢水开展定期检测，并公布结果。",
    basis="《云溪县农村供水条例实施细则》（云政发〔2020〕14号）、《关于做好农村饮水安全监测的通知》（云水发〔2021〕20号）",
    funding={"total": "41.28", "provincial": "15", "local": "26.28"},
    measures="1、检测机构须有资质认定证书；\n2、异常结果24小时内上报并复检。",
    long_term_goal="农村居民长期喝上放心水。",
    annual_goal="完成水样检测1032份，水质达标率95%以上。",
    indicators=indicators("""
        产出指标 数量指标 检测供水工程 86处
        产出指标 数量指标 检测水样 ≥1032份
        产出指标 质量指标 水质达标率 ≥95%
        产出指标 质量指标 检测报告合格率 =100%
        产出指标 时效指标 异常结果上报时限 ≤24小时
        产出指标 成本指标 单份水样检测费 ≤400元
        效益指标 社会效益 受益农村人口 ≥18.7万人
        效益指标 满意度指标 用水户满意度 ≥92%
    """),
    year=2022,
)

AIR = Declaration(
    reporting_unit="云溪县环境监测站",
    unit_head="尹书白",
    project_name="乡镇空气质量自动站运维",
    department="云溪县生态环境局",
    period="2022年全年",
    lead="左见川",
    contact="黎小满13900000018",
    overview="委托第三方对11个乡镇空气质量自动站开展运行维护和数据审核。",
    basis="《澜江市大气污染防治条例实施方案》（澜环发〔2020〕17号）",
    funding={"total": "77", "municipal": "33", "local": "44"},
    measures="每月现场检查一次，数据有效率与运维费挂钩。",
    long_term_goal="为大气污染防治提供真实、准确、连续的数据。",
    annual_goal="11个站点稳定运行，数据有效率95%以上。",
    indicators=indicators("""
        产出指标 数量指标 运维站点 =11个
        产出指标 质量指标 数据有效率 ≥95%
        产出指标 质量指标 仪器校准合格率 ≥98%
        产出指标 时效指标 故障修复时限 ≤8小时
        产出指标 成本指标 单站运维费用 ≤7万元/年
        效益指标 环境效益 细颗粒物年均浓度 ≤35微克/立方米
        效益指标 环境效益 空气优良天数比例 ≥92%
        效益指标 可持续影响指标 环境监测能力 持续提升
        效益指标 满意度指标 公众满意度 ≥85%
    """),
    year=2022,
)

HALF_EMPTY = replace(
    AIR,
    reporting_unit="",
    project_name="公共机构节能改造",
    attribute=None,
    period="",
    department="云溪县机关事务服务中心",
    lead="海棠",
    contact="海棠13900000019",
    overview="对4栋办公楼的照明和空调系统开展节能改造。",
    basis="/",
    funding={},
    long_term_goal="无",
    annual_goal="改造后单位建筑面积能耗下降6%。",
    indicators=(
        Indicator("产出指标", "数量指标", "改造办公楼", "4栋"),
        Indicator("产出指标", "数量指标", "更换灯具", ""),
        Indicator("产出指标", "质量指标", "改造验收合格率", "100%"),
        Indicator("产出指标", "时效指标", "……", "……"),
        Indicator("产出指标", "成本指标", "", ""),
        Indicator("效益指标", "生态效益", "单位建筑面积能耗下降率", "≥6%"),
        Indicator("效益指标", "满意度指标", "干部职工满意度", "—"),
    ),
    other_notes="/",
    year=None,
)

BLANK = Declaration(
    reporting_unit="",
    unit_head="",
    project_name="",
    attribute=None,
    department="",
    period="",
    lead="",
    contact="",
    overview="",
    basis="",
    funding={},
    measures="",
    long_term_goal="",
    annual_goal="",
    indicators=indicators("""
        产出指标 数量指标 指标1： ……
        产出指标 质量指标 指标1： ……
        产出指标 时效指标 指标1： ……
        产出指标 成本指标 指标1： ……
        效益指标 社会效益 指标1： ……
        效益指标 满意度指标 指标1： ……
    """),
    year=None,
)

# ------------------------------------------------------------------------------------- a notice around two forms

NOTICE = """\
云溪县财政局文件
云财绩〔{before}〕15号
关于报送{year}年度专项资金绩效目标的通知
各乡镇人民政府，县直各有关单位：
为做好{year}年度预算编制工作，根据《云溪县预算绩效管理办法》（云政发〔2019〕8号），现将有关事项通知如下。
一、报送范围
1. 使用县级财政专项资金的单位，均须填写《专项资金预算绩效目标申报表》，每个专项填写一份。
2. 年度预算低于10万元的专项可以合并填写。
二、有关要求
（一）绩效目标应当具体、可衡量，指标值应当有依据。
（二）请于{before}年10月20日前将申报表一式三份送县财政局监督绩效股，联系人及电话：陶然13900000020。
附件1 专项资金预算绩效目标申报表
附件2 专项资金预算绩效目标申报表
云溪县财政局
{before}年9月10日"""

INSTRUCTIONS = """\
填报说明
1. 专项名称：填写预算批复的专项全称，不得使用简称。
2. 专项属性：在“新增项目”或“延续项目”后的方框内打勾。
3. 专项起止时间：跨年度的专项填写起始年月和终止年月。
4. 本年度预计投入：单位为万元，保留两位小数。
5. 本年度绩效目标：概括说明当年要达到的产出和效果。
6. 指标值及单位：定量指标写明数值和单位，如“≥20场次”；定性指标使用“明显改善”等表述。"""


def notice_with_forms(*declarations: Declaration) -> Document:
    """A notice that names the form, forms under titles of their own, and instructions that repeat its labels."""
    year = declarations[0].year or 0
    blocks: list[str | Table] = [*NOTICE.format(year=year, before=year - 1).splitlines()]
    for number, d in enumerate(declarations, 1):
        blocks += [f"附件{number}", *headings(d), declaration_table(d, title_inside=False)]
    return [*blocks, *INSTRUCTIONS.splitlines()]


PAGE_NUMBER = (
    '<w:p><w:r><w:t xml:space="preserve">— </w:t></w:r>'
    '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    '<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p>'
)

# ------------------------------------------------------------------------------------------------- odd spacing

_ODD_LABELS = {
    TITLE: "专 项 资 金 预 算 绩 效 目 标 申 报 表",
    "专项基本情况": "专项\n基本\n情况",
    "专项名称": "专 项 名 称",
    "专项属性": "专项　属性",
    " 主管\n部门": "主 管\n部 门",
    "专项\n负责人": "专 项\n负 责 人",
    " 专项起止时间": "专项起止\n时　　间",
    " 联系人及电话": "联 系 人\n及 电 话",
    "专项概况": "专 项\n\n概 况",
    "专项立项\v依据": "专 项 立 项 依 据",
    "专项资金情况": "专项\v资金\v情况",
    "本年度预计投入（万元）": "本年度预计投入\n(万元)",
    "财政资金（万元） ": "财 政 资 金 ( 万 元 )",
    "其他": "其　他",
    "中央": "中　央",
    "省级": "省　级",
    "本级": "本　级",
    "中长期绩效目标": "中长期\n绩 效\n目 标",
    "本年度绩效目标": "本年度\n绩 效\n目 标",
    "产出指标": "产 出\v指 标",
    "效益指标": "效 益\v指 标",
    "可持续影响指标": "可持续影\v响指标",
}
_OTHER_WIDTHS = str.maketrans("0123456789（）：", "０１２３４５６７８９():")


def odd_text(*declarations: Declaration) -> bytes:
    """UTF-16 with CRLF line ends; labels torn apart, digits full-width and brackets ASCII."""
    text = dump([with_texts(one_table(*declarations), _oddly_spaced)])
    return ("\ufeff" + text.replace("\n", "\r\n")).encode("utf-16-le")


def _oddly_spaced(text: str) -> str:
    return _ODD_LABELS.get(text, text.translate(_OTHER_WIDTHS).replace("单位负责人:", "单位负责人:　"))


# -------------------------------------------------------------------------------------------------- ticked boxes

# Both options as an office marks them, and the boxes that Word is to draw.
NOTATIONS: Sequence[tuple[str, Ticks]] = (
    (f"新增项目{EMPTY}    延续项目{TICKED}", "sym"),
    (f"{TICKED}新增项目    {EMPTY}延续项目", "text"),
    ("（   ）新增项目   （√）延续项目", "text"),
    ("新增项目√      延续项目", "text"),
    ("□新增项目    ■延续项目", "text"),
    (f"新增项目{TICKED}    延续项目{EMPTY}", "control"),
    (f"新增项目{EMPTY}    延续项目{TICKED}", "field"),
    (f"{TICKED}新增项目    {TICKED}延续项目", "sym"),
    (f"新增项目{EMPTY}    延续项目{EMPTY}", "text"),
)


def ticked_boxes() -> str:
    """A form for each notation: seven that say one thing, one that says both and one that says nothing."""
    forms = (in_year(d, 2023) for d in TWELVE)
    return "".join(_ticked(form, *notation) for form, notation in zip(forms, NOTATIONS, strict=False))


def _ticked(d: Declaration, notation: str, ticks: Ticks) -> str:
    table = with_texts(declaration_table(d), lambda text: notation if text.startswith("新增项目") else text)
    return body_xml([table], ticks=ticks)


# ------------------------------------------------------------------------------------------------- a revised draft

SOURCE = "《云溪县生活垃圾分类管理办法》（云政办发〔2021〕29号）"
FACILITIES = [
    [Box("设施", 4), Box("数量", 4)],
    [Box("分类投放亭", 4), Box("96座", 4)],
    [Box("厨余垃圾车", 4), Box("3辆", 4)],
]
REMARK = "请核对设施数量后再报。"
DRAFT = replace(
    in_year(SORTING, 2022),
    project_name="生活垃圾分类【范围】推广",
    attribute="延续项目",
    overview="在全县城区推广生活垃圾分类，投放设施如下：\n【设施】\n设施由社区负责日常管理。",
    basis="【依据】、《关于推广垃圾分类的通知》（云城管〔2021〕7号）",
    funding={"total": "132.4", "provincial": "40", "municipal": "32.4", "local": "60"},
    lead="祝余【负责人】",
)


def revised_draft() -> str:
    """A draft with tracked changes, content controls, a text box, a table in a cell and a link."""
    xml = paragraph_xml("【批注】") + body_xml([declaration_table(DRAFT)])
    for mark, inline in (
        ("【范围】", _deleted(1, "试点") + _inserted(2, "全域")),
        ("【负责人】", _deleted(3, "、童佳期")),
        ("【依据】", f'<w:hyperlink w:anchor="source">{inline_xml(SOURCE)}</w:hyperlink>'),
        ("【批注】", _text_box(REMARK)),
    ):
        xml = _spliced(xml, mark, inline)
    xml = _replaced(xml, paragraph_xml("【设施】"), table_xml(FACILITIES))
    period, goal = paragraph_xml(DRAFT.period), paragraph_xml(DRAFT.annual_goal)
    xml = _replaced(xml, period, _control(period))
    return _replaced(xml, _row_with(xml, goal), _control(_row_with(xml, goal)))


def _replaced(xml: str, old: str, new: str) -> str:
    if xml.count(old) != 1:
        raise ValueError(f"{old} stands in the draft {xml.count(old)} times")
    return xml.replace(old, new)


def _spliced(xml: str, mark: str, inline: str) -> str:
    """`xml` with a mark in the text of a run replaced by runs and other inline elements."""
    split = _replaced(xml, mark, f'</w:t></w:r>{inline}<w:r><w:t xml:space="preserve">')
    return split.replace('<w:r><w:t xml:space="preserve"></w:t></w:r>', "")


def _row_with(xml: str, content: str) -> str:
    return next(row[0] for row in re.finditer(r"<w:tr>.*?</w:tr>", xml) if content in row[0])


def _control(content: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


_CHANGE = 'w:author="审核人" w:date="2021-11-02T09:00:00Z"'


def _deleted(number: int, text: str) -> str:
    return f'<w:del w:id="{number}" {_CHANGE}><w:r><w:delText>{text}</w:delText></w:r></w:del>'


def _inserted(number: int, text: str) -> str:
    return f'<w:ins w:id="{number}" {_CHANGE}>{inline_xml(text)}</w:ins>'


def _text_box(text: str) -> str:
    """A text box as Word saves it: a drawing, and the same once more for older versions."""
    content = f"<w:txbxContent>{paragraph_xml(text)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:inline><wp:extent cx="1800000" cy="360000"/><wp:docPr id="1" name="文本框 1"/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/>'
        '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="360000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
        '</mc:Choice><mc:Fallback><w:pict><v:shape style="width:142pt;height:28pt">'
        f"<v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


# --------------------------------------------------------------------------------- forms of other kinds and provinces


def drawn(name: str) -> Layout:
    """The layout of that name."""
    return read_layout(name, (LAYOUTS / f"{name}.txt").read_text("utf-8"))


DRAWN: Mapping[str, Callable[[Document], bytes]] = {
    "anhui-dual-blocks-2021.docx": docx,
    "blank-template.docx": docx,
    "central-self-evaluation-2022.docx": docx,
    "declaration-and-self-evaluation-2022.docx": docx,
    "department-declaration-2022.docx": docx,
    "monitoring-2023.docx": docx,
    "shanghai-yuan-2024.docx": docx,
    "toc-three-forms-2022.docx": docx,
    "transfer-self-evaluation-2022.docx": docx,
    "chongqing-flat-2024.txt": lambda document: dump(document).encode(),
    "department-self-evaluation-2021.txt": lambda document: pipe(document).encode(),
    "hunan-long-form-2019.txt": lambda document: dump(document).encode("gb18030"),
    "jiangxi-columns-2023.txt": lambda document: tabbed(document).encode(),
    "transfer-declaration-2023.txt": lambda document: antiword(document).encode(),
    "two-kinds-one-table-2023.txt": lambda document: dump(document).encode("utf-16"),
}
"""How each of these is written; its stem names the layout in tests/layouts."""

# ---------------------------------------------------------------------------------------- what no rule knows

UNKNOWN_FORM: Document = [
    "文化惠民工程绩效情况调查表",
    "（2022年度）",
    [
        [Box("调查地点", 2), Box("石桥乡文化站", 2), Box("调查日期", 2), Box("2022年8月16日", 2)],
        [Box("活动名称", 4), Box("参加人数", 2), Box("满意人数", 2)],
        [Box("送戏下乡", 4), Box("320人", 2), Box("301人", 2)],
        [Box("露天电影", 4), Box("180人", 2), Box("176人", 2)],
        [Box("意见和建议", 2), Box("希望增加农闲时节的场次。", 6)],
    ],
]

MEETING_NOTES = """\
预算绩效工作例会记录

时间：2022年3月8日上午
地点：县财政局三楼会议室
参加人员：林知远、沈若溪、韩松涛、梁思齐

一、会议听取了各单位绩效目标编报进展的汇报。
1. 专项名称要与预算批复一致，主管部门要严格审核。
2. 有3个单位的绩效指标过于笼统，如“效果良好”，应当改为≥90%一类的定量表述。

二、会议要求，3月20日前完成专项资金预算绩效目标申报表的修改，4月底前完成批复。

三、下次例会定于4月12日召开。
"""

if __name__ == "__main__":
    main()
