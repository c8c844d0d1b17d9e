"""Articles of three events, and articles made up at random, for the tests of stories."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from search.article import Article

BRIDGE = Article(
    id="bridge",
    title="Ferrow bridge closed after cable snaps",
    body="The Ferrow suspension bridge was closed to all traffic on Monday after one of its main cables snapped in "
    "high winds, the harbour authority of Tollmouth said. Nobody was hurt. Marguerite Dunmore, the chief "
    "engineer, said that inspectors had found corrosion in two anchor bolts on the Tollmouth side.\n\nLorries "
    "bound for the Skerrin shipyard are sent over the old Calder crossing. The ferry Annabel Gray takes foot "
    "passengers every half hour until repairs are done, which may take until August, Dunmore said.",
    publisher="Tollmouth Echo",
    place="Tollmouth",
    published=date(2019, 3, 4),
    language="en",
)
BRIDGE_NEXT_DAY = Article(
    id="bridge-next-day",
    title="Engineers blame rusted bolts for Ferrow failure",
    body="Rust in a pair of anchor bolts let a main cable of the Ferrow bridge give way, Marguerite Dunmore told a "
    "crowded meeting in Tollmouth town hall on Tuesday. As chief engineer she had warned the harbour authority "
    "of corrosion two winters ago.\n\nShopkeepers fear for their trade. The Annabel Gray, a ferry that carries "
    "three hundred people, runs every thirty minutes, and lorries for the Skerrin yard lose an hour by way of "
    "Calder. The suspension bridge stays shut.",
    publisher="Northern Messenger",
    place="Tollmouth",
    published=date(2019, 3, 5),
    language="en",
)
BRIDGE_COPY = replace(
    BRIDGE, id="bridge-copy", title="Cable snaps on Ferrow bridge", publisher="Calder Post", published=date(2019, 3, 5)
)
BRIDGE_UNDATED = Article(
    id="bridge-undated",
    title="Ferrow bridge: what we know",
    body="A main cable of the Ferrow suspension bridge snapped in the wind. Marguerite Dunmore, chief engineer of the "
    "Tollmouth harbour authority, speaks of corrosion in anchor bolts. Foot passengers have the ferry Annabel "
    "Gray; lorries for the Skerrin shipyard cross at Calder. Repairs last into August.",
    publisher="Skerrin Notes",
    language="en",
)
ELECTION = Article(
    id="election",
    title="Vasquero wins the mayor's chair of Ostrana by nine votes",
    body="Lidia Vasquero was declared mayor of Ostrana on Monday with a margin of nine votes over Benedikt Halloran, "
    "after a recount that lasted through the night. The Orchard party lost its majority on the council for the "
    "first time since the war.\n\nHalloran said that he would challenge ballots from the Linden ward. Turnout was "
    "the highest for decades.",
    publisher="Tollmouth Echo",
    published=date(2019, 3, 4),
    language="en",
)
BRIDGE_YEARS_LATER = replace(
    BRIDGE_NEXT_DAY, id="bridge-later", title="When Ferrow failed", publisher="Annals", published=date(2024, 6, 1)
)

_SYLLABLES = (
    "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu bran dorf kel mist nor plon rask stim".split()
)


def word(number: int) -> str:
    size = len(_SYLLABLES)
    return "".join(_SYLLABLES[number // size**place % size] for place in range(3))


def archive(events: int, others: int, seed: int = 1) -> list[Article]:
    """Articles at random, in no order: of each event two to five reports within three days, some of them copies, some
    undated; and others that report what nobody else does.
    """
    chance = random.Random(seed)
    made: list[Article] = []
    for event in range(events):
        names = [word(chance.randrange(8_000, 21_000)).capitalize() for _ in range(14)]
        day = date(2020, 1, 1) + timedelta(chance.randrange(60))
        for _ in range(chance.randrange(2, 6)):
            article = _report(f"event-{event}-{len(made)}", names, day + timedelta(chance.randrange(3)), chance)
            made.append(article)
            if chance.random() < 0.3:
                made.append(replace(article, id=f"{article.id}-copy", publisher="The Copyist"))
    for number in range(others):
        names = [word(chance.randrange(8_000, 21_000)).capitalize() for _ in range(14)]
        made.append(_report(f"other-{number}", names, date(2020, 1, 1) + timedelta(chance.randrange(60)), chance))
    chance.shuffle(made)
    return made


def _report(article_id: str, names: list[str], day: date, chance: random.Random) -> Article:
    def common() -> str:
        return word(chance.randrange(2_000))

    told = chance.sample(names, 11)
    sentences = [f"The {common()} of {name} was {common()} by the {common()}." for name in told * 2]
    chance.shuffle(sentences)
    return Article(
        id=article_id,
        title=f"The {common()} of {told[0]}",
        body=" ".join(sentences),
        publisher=chance.choice(("Echo", "Messenger", "Post", "Notes")),
        published=None if chance.random() < 0.1 else day,
        language="en",
    )
