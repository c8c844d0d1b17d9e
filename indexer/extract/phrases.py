"""What the furniture of a news page says: tables of phrases, lower case, straight apostrophes, no closing punctuation.

`rules.py` compares whole lines (`*_LINES`), beginnings (`*_STARTS`) and insides (`*_INSIDE`) of short lines with them.
Only phrases that the furniture of many sites shares stand here; none is taken from one story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.extract.lines import plain_words


def _lines(table: str) -> frozenset[str]:
    """The phrases of a table, which stand between bars and line ends."""
    return frozenset(phrase.strip() for row in table.splitlines() for phrase in row.split("|")) - {""}


def _words(table: str) -> frozenset[bytes]:
    return frozenset(plain_words(table))


class Inside:
    """Phrases that stand anywhere in a line. Those of several words are only looked for where the longest word of one
    is a word of the line, which is soon told: most lines have none.
    """

    def __init__(self, *phrases: str) -> None:
        self._words = tuple(phrase for phrase in phrases if " " not in phrase)
        self._phrases = tuple(phrase for phrase in phrases if " " in phrase)
        self._telling = frozenset(max(plain_words(phrase), key=len) for phrase in self._phrases)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._words, *self._phrases))

    def stands_in(self, low: str, plain: Iterable[bytes]) -> bool:
        """Whether one of them is in a line in lower case, whose plain words are given too."""
        return contains_any(low, self._words) or (
            not self._telling.isdisjoint(plain) and contains_any(low, self._phrases)
        )


def contains_any(low: str, phrases: tuple[str, ...]) -> bool:
    for phrase in phrases:  # noqa: SIM110 - any() takes a quarter longer, and this is the innermost loop
        if phrase in low:
            return True
    return False


# After one of these the article is over, whatever follows.
END_LINES = _lines(
    """
    leave a reply | leave a comment | leave your comment | post a comment | post a reply | post comment
    add a comment | add comment | add your comment | write a comment | write a reply | comment on this story
    comment on this article | submit a comment | join the conversation | join the discussion | start the conversation
    have your say | what do you think | about the author | about the authors | about the writer | conversation
    reader comments | readers' comments | all comments | view comments | show comments | load comments | read comments
    view all comments | loading comments | discussion | disqus comments | from the web | from around the web
    around the web | site index | site map | sitemap | site information navigation | sponsored content
    sponsored stories | sponsored links | sponsored posts | promoted content | promoted stories | promoted links
    kommentare | kommentar schreiben | kommentar verfassen | commentaires | laisser un commentaire | comentarios
    deja un comentario | deja una respuesta | comentários | deixe um comentário | deixe uma resposta | commenti
    lascia un commento | reacties | комментарии | добавить комментарий | оставить комментарий | tinggalkan balasan
    tinggalkan komentar | komentar | komentarze | dodaj komentarz | komentáře | komentari | komentarji | diskusia
    diskuse
    kommentarer | kommentit | hozzászólások | comentarii | yorumlar | yorum yap | σχόλια | коментарі | коментари
    комментировать | bình luận | ความคิดเห็น | コメント | 댓글 | 评论 | 評論 | 网友评论 | التعليقات | نظرات | תגובות
    टिप्पणियां
    """
)
END_STARTS = (
    "part of complete coverage",
    "leave a reply to",
    "leave a comment on",
    "you must be logged in to",
    "you must log in to",
    "please log in to comment",
    "log in to leave a comment",
    "sign in to comment",
    "your email address will not be published",
    "please enter your comment",
    "comments are closed",
    "comments are moderated",
    "this entry was posted",
    "this article was posted in",
)

# Headings of other stories, and of what the site wants of its readers: the article is normally over.
OTHERS_LINES = _lines(
    """
    related | recommended | popular | trending | latest | headlines | today's headlines | top stories | more stories
    most read | most viewed | most popular | most shared | most recent | most commented | editor's picks
    editors' picks | editors picks | editor's choice | our picks | latest news | latest stories | latest headlines
    latest articles | latest videos | latest video | breaking news | also read | read next | read more
    what to read next | up next | next article | next story | next up | don't miss | in case you missed it
    newsletters | newsletter | you may like | you might like | you may also like | you might also like
    you may be interested | you might be interested in | you may also be interested in | more news | more headlines
    featured | featured stories | in other news | other stories | see also | recent posts | recent articles
    recent stories | recent news | similar stories | similar articles | keep reading | share this | share this story
    share this article | share this post | share this page | share | what's next | our sites | tags | categories
    archives | blogroll | links | trending now | popular now | popular stories | paid content | paid post
    advertiser content | more coverage | further reading
    ähnliche artikel | mehr zum thema | das könnte sie auch interessieren | meistgelesen | à lire aussi
    à lire également | sur le même sujet | articles liés | te puede interesar | noticias relacionadas | más noticias
    lo más leído | leia também | leia mais | notícias relacionadas | mais lidas | veja também | leggi anche
    articoli correlati | potrebbe interessarti | lees ook | meer over | читайте также | по теме | baca juga
    artikel terkait | berita terkait | terkait | terpopuler | zobacz także | zobacz też | czytaj także
    powiązane artykuły
    související články | čtěte také | súvisiace články | povezane vijesti | pročitajte još | mer om ämnet | relaterat
    les også | relaterte artikler | læs også | mere om emnet | lue myös | aiheesta lisää | kapcsolódó cikkek
    ajánlott
    citește și | știri similare | ilgili haberler | bunlar da ilginizi çekebilir | διαβάστε επίσης | σχετικά άρθρα
    читайте також | ще по темата | прочетете още | tin liên quan | xem thêm | ข่าวที่เกี่ยวข้อง | 関連記事
    関連ニュース
    あわせて読みたい | 관련기사 | 관련 기사 | 相关新闻 | 相关阅读 | 相關新聞 | 延伸閱讀 | اقرأ أيضا | مواضيع ذات صلة
    خبرهای مرتبط
    עוד בנושא | यह भी पढ़ें | संबंधित खबरें | আরও পড়ুন
    """
)
OTHERS_STARTS = (
    "related ",
    "recommended for",
    "recommended by",
    "recommended stories",
    "recommended articles",
    "more from ",
    "more on ",
    "more in ",
    "more stories",
    "more news",
    "more coverage",
    "most read ",
    "most popular ",
    "most viewed ",
    "most shared ",
    "trending ",
    "popular in ",
    "popular on ",
    "latest from ",
    "latest in ",
    "latest news ",
    "you may also like",
    "you might also like",
    "you may be interested",
    "what others are reading",
    "sponsored by",
    "promoted by",
    "ads by",
    "powered by",
    "sign up for",
    "sign up to",
    "subscribe to",
    "subscribe for",
    "subscribe now",
    "follow us",
    "get the latest",
    "get our ",
)

# Page furniture wherever it stands; the article may go on below.
FURNITURE_LINES = _lines(
    """
    share | tweet | pin | pin it | print | print this | email | e-mail | mail | save | like | likes | reply | follow
    subscribe | sign in | sign up | log in | login | log out | register | menu | search | home | homepage | next
    prev | previous | close | more | comment | comments | loading | caption | hide caption | toggle caption | image
    photo | photos | picture | pictures | video | videos | gallery | audio | xs | sm | md | lg | xl | tags | topics
    top | back | back to top | facebook | twitter | whatsapp | linkedin | pinterest | reddit | instagram | youtube
    telegram | messenger | flipboard | pocket | google | google+ | rss | copy link | play | pause | mute | ad | ads
    advertising | advertisement | advertisements | show more | show less | expand | collapse | view gallery
    view image | enlarge image | enlarge this image | full screen | fullscreen | permalink | embed | link | settings
    skip | skip ad | done | ok | cancel | submit | send | donate | contribute | accessibility links | breaking news
    skip to content | skip to main content | story highlights | highlights | key points | source | sources
    view this post on instagram | view on twitter | continue reading | story continues below | article continues below
    processing | error | transcript | listen | listen to this article | text size | font size | a a a
    teilen | drucken | anzeige | werbung | partager | imprimer | publicité | compartir | imprimir | publicidad
    compartilhar | publicidade | condividi | stampa | pubblicità | delen | реклама | поделиться | bagikan | iklan
    udostępnij | reklama | sdílet | zdieľať | podijeli | podeli | dela | annons | del | annonse | jaa | mainos
    megosztás
    hirdetés | distribuie | publicitate | paylaş | reklam | κοινοποίηση | διαφήμιση | поділитися | сподели | chia sẻ
    quảng cáo | แชร์ | 共有 | シェア | 広告 | 공유 | 광고 | 分享 | 广告 | 廣告 | مشاركة | إعلان | שתף | פרסומת
    शेयर करें | विज्ञापन
    """
)
FURNITURE_STARTS = (
    "reading time",
    "estimated read",
    "copyright ",
    "(c) 20",
    "(c) copyright",
    "skip to ",
    "jump to ",
    "accessibility links",
    "advertisement",
    "continue reading",
    "article continues",
    "story continues",
    "read more",
    "read also",
    "read next",
    "read the full",
    "read:",
    "also read",
    "see more",
    "see also",
    "related:",
    "related story",
    "[related",
    "more:",
    "must read",
    "watch:",
    "watch now",
    "watch live",
    "watch the",
    "listen:",
    "photos:",
    "don't miss",
    "share ",
    "tweet ",
    "print ",
    "email ",
    "follow ",
    "view all",
    "view gallery",
    "view image",
    "view slideshow",
    "click to ",
    "filed under",
    "posted in",
    "tagged ",
    "citation:",
    "enlarge",
    "getty",
    "leia também",
    "leia mais",
    "lesen sie auch",
    "lire aussi",
    "lee también",
    "leggi anche",
    "lees ook",
    "читайте также",
    "baca juga",
    "veja também",
    "czytaj też",
    "czytaj także",
    "zobacz też",
    "zobacz także",
    "čtěte také",
    "přečtěte si",
    "pročitajte još",
    "pročitajte i",
    "läs också",
    "läs även",
    "läs mer",
    "les også",
    "læs også",
    "lue myös",
    "olvassa el",
    "citește și",
    "citiţi şi",
    "διαβάστε",
    "читайте також",
    "прочетете още",
    "xem thêm",
    "関連記事",
    "相关阅读",
    "اقرأ أيضا",
    "यह भी पढ़ें",
)
FURNITURE_INSIDE = Inside(
    "please enter your",
    "email address will not",
    "save my name",
    "comments are closed",
    "log in to comment",
    "log in to reply",
    "notify me of",
    "share this",
    "share on ",
    "share via",
    "follow us",
    "follow him on",
    "follow her on",
    "follow them on",
    "follow on twitter",
    "on facebook",
    "on instagram",
    "on twitter",
    "click here",
    "tap here",
    "sign up for",
    "sign up to",
    "sign up here",
    "sign up now",
    "newsletter",
    "subscribe to",
    "subscribe now",
    "subscribe today",
    "subscribe for",
    "get the latest",
    "get our latest",
    "push notification",
    "push notifications",
    "your inbox",
    "download our",
    "download the app",
    "all rights reserved",
    "©",
    "terms of use",
    "terms of service",
    "terms and conditions",
    "privacy policy",
    "privacy notice",
    "cookie policy",
    "use of cookies",
    "use cookies",
    "may not be published",
    "may not be reproduced",
    "may not be reprinted",
    "subject to copyright",
    "your browser",
    "ad blocker",
    "ad blockers",
    "adblock",
    "enable javascript",
)

# What a site says of its own business, in lines of any length up to a paragraph.
BUSINESS_INSIDE = Inside(
    "affiliate link",
    "affiliate partnership",
    "affiliate commission",
    "a small commission",
    "earn a commission",
    "earn commission",
    "receive a commission",
    "share of the sale",
    "share of sales",
    "independently reviewed by",
    "letters to the editor",
    "submission guidelines",
    "community guidelines",
    "tracking technologies",
    "personalised ads",
    "personalized ads",
    "targeted ads",
)
# Of consent: two different ones make a notice.
CONSENT_STEMS = ("cookie", "consent", "privacy", "personalised", "personalized", "tracking")
CONSENT_WORDS = _words("cookie cookies consent privacy personalised personalized tracking")

# Agencies and archives whose names close photo credits.
CREDIT_AGENCIES = (
    "getty images",
    "shutterstock",
    "istock",
    "ap photo",
    "file photo",
    "alamy",
)
# One of these stands in every photo credit: it is quicker to look for them first.
CREDIT_MARKS = ("phot", "credit", "[")
CREDIT_WORDS = _words(
    """
    ap afp reuters getty associated shutterstock istock alamy foto image images picture pictures pic video illustration
    graphic file courtesy handout handouts
    """
)
