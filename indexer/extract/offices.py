"""Words of offices, bodies and occasions: what stands in a byline and names no person."""

from __future__ import annotations

import re

_WORDS = frozenset(  # with one of them a text names no person
    """
    staff editor editors editorial reporter reporters correspondent correspondents desk team newsroom admin
    administrator contributor contributors writer writers columnist guest wire wires bureau board department company
    inc ltd llc group foundation association institute university council committee ministry government office
    author authors unknown anonymous user redaktion redaction rédaction redacción redazione redação
    agency agencies agence associated news press media service services network online web webmaster website magazine
    newspaper times post herald journal gazette tribune guardian telegraph chronicle observer courier bulletin dispatch
    sentinel examiner inquirer enquirer advertiser zeitung kurier anzeiger tageblatt rundschau review daily weekly tv
    radio channel broadcasting syndicate reuters afp ap upi cnn bbc usa bloomberg xinhua interfax tass itar dpa efe
    ansa pti ians ani com net org http https www am pm gmt edt est minutes
    published updated posted update read share follow photo photos video report reports reporting special copyright
    sources exclusive today yesterday monday tuesday wednesday thursday friday saturday sunday
    the this that with and for your our their
    presse agentur nachrichten nachrichtenagentur dienst mitarbeiter gastbeitrag gastautor autoren autorenteam leser
    équipe auteurs correspondants agencia agencias noticias diario periódico equipo corresponsales agência notícias
    jornal conteúdo equipe portal agenzia notizie giornale nieuwsdienst anp nieuws belga nyheter nyhetsbyrå
    telegrambyrå ntb ritzau stt toimitus uutiset redakcja redakce pap čtk tasr oprac agencja mti szerkesztőség agerpres
    mediafax tanjug hina haber merkezi ajansı gazetesi editör redaksi tim antara bernama kontributor lusa ttxvn
    редакция редакції редакция служба новостей новости агентство корреспонденты корреспондент тасс риа интерфакс
    пресс отдел укрінформ σύνταξη συντακτική ομάδα πρακτορείο وكالة وكالات أسرة التحرير فريق هيئة الأخبار رويترز قناة
    خبرگزاری تحریریه מערכת חדשות סוכנות डेस्क न्यूज़ न्यूज समाचार ब्यूरो टीम संवाददाता एजेंसी वेब ডেস্ক প্রতিবেদক নিজস্ব
    অনলাইন সংবাদদাতা ทีมข่าว กองบรรณาธิการ
    desks content sponsored promoted advertorial anzeige werbung publicidad pubblicità publicité sitio sito site super
    correspondence newswire afpbb pa vnexpress dantri eltà bns elta leta err ria fonet beta srna sita onet wp rtv rtl
    نيوز عربية العربية نت موقع صحيفة جريدة مراسل مراسلو وكالات تلفزيون אתר כתבי כתב του της
    """.split()
)
_STEMS = re.compile(r"redak|redac|rédac|redaz|redaç|редакц|toimitu|szerkeszt", re.IGNORECASE)  # of a newspaper
_LEAST_OF_COMPOUND = 4  # letters of a part of a compound that may name an office: Presse-Agentur
_UNSPACED = re.compile(  # in scripts that part no words
    r"""编辑|編輯|編集|記者|记者|通信|通讯|通訊|新闻|新聞|ニュース|ロイター|デスク|スタッフ|翻訳|取材班|小编|小編|管理员|本报|本報|佚名|匿名|来源|來源
        |뉴스|뉴시스|신문|일보|방송|통신|기자|편집|[社报報網网局组組台臺]$|[팀부]$|^(?:共同|時事|综合|綜合|特稿)$""",
    re.VERBOSE,
)


def is_office(word: str) -> bool:
    """Whether a word, or a part of a compound, stands in names of offices and not in those of persons."""
    whole = word.casefold().strip(".")
    parts = whole.split("-")
    return (
        whole in _WORDS
        or bool(_STEMS.match(whole))
        or any(len(part) >= _LEAST_OF_COMPOUND and part in _WORDS for part in parts)
    )


def is_written_office(name: str) -> bool:
    """Whether a name has the word of an office in a script that parts no words."""
    return bool(_UNSPACED.search(name))
