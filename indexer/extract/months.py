"""Month names as printed in running text, whole and shortened, in the languages of large archives."""

from __future__ import annotations

_NAMES = (
    """january jan januar jänner janvier janv enero ene gennaio gen janeiro januari января янв ocak stycznia styczeń
    ledna ianuarie ιανουαρίου ιαν січня януари siječnja januára január tammikuuta sausio janvāris يناير janúar
    janúari jaanuar janvārī sausis јануар јануара januarja ιανουάριος janar ינואר जनवरी জানুয়ারি มกราคม ม.ค.
    januarie جنوری جانفي""",
    """february feb februar février févr fév febrero febbraio febbr fevereiro fev februari pebruari февраля фев şubat
    lutego luty února februarie φεβρουαρίου φεβ лютого февруари veljače februára február helmikuuta فبراير febrúar
    veebruar februāris februārī vasario фебруар фебруара februarja φεβρουάριος shkurt פברואר फरवरी फ़रवरी
    ফেব্রুয়ারি กุมภาพันธ์ ก.พ. فروری شباط فيفري""",
    """march mar märz mär mars marzo março maart mrt maret марта мар mart marca marzec března martie μαρτίου березня
    ožujka március maaliskuuta marts مارس märts martā kovo март marta μάρτιος מרץ מרס मार्च মার্চ มีนาคม มี.ค. machi
    مارچ آذار""",
    """april apr avril avr abril abr aprile апреля апр nisan kwietnia kwiecień dubna aprilie απριλίου απρ квітня април
    travnja apríla április huhtikuuta أبريل apríl aprill aprīlis aprīlī balandžio априла aprila απρίλιος prill אפריל
    अप्रैल এপ্রিল เมษายน เม.ย. aprili اپریل نيسان أفريل""",
    """may mai mayo maggio mag maio mei мая май mayıs maja maj května μαΐου μάιος травня svibnja mája május toukokuuta
    مايو maí maijs maijā gegužės мај маја מאי मई মে พฤษภาคม พ.ค. مئی أيار ماي""",
    """june jun juni juin junio giugno giu junho июня июн haziran czerwca czerwiec června iunie ιουνίου червня юни
    lipnja júna június kesäkuuta يونيو júní juuni jūnijs jūnijā birželio јун јуна junija ιούνιος qershor יוני जून
    জুন มิถุนายน มิ.ย. جون حزيران جوان""",
    """july jul juli juillet juil julio luglio lug julho июля июл temmuz lipca lipiec července iulie srpnja ιουλίου
    липня юли júla július heinäkuuta يوليو júlí juuli jūlijs jūlijā liepos јул јула julija ιούλιος korrik יולי जुलाई
    জুলাই กรกฎาคม ก.ค. julai جولائی تموز جويلية""",
    """august aug août agosto ago augustus agustus agt августа авг ağustos sierpnia sierpień srpna αυγούστου αυγ серпня
    kolovoza augusta augusztus elokuuta أغسطس ágúst augusti augusts augustā rugpjūčio август avgust avgusta
    αύγουστος gusht אוגוסט अगस्त আগস্ট สิงหาคม ส.ค. ogos agosti اگست آب أوت غشت""",
    """september sept sep septembre septiembre settembre sett set setembro сентября сен eylül września wrzesień září
    septembrie σεπτεμβρίου σεπ вересня септември rujna septembra szeptember syyskuuta سبتمبر septembris septembrī
    rugsėjo септембар септембра septembar σεπτέμβριος shtator ספטמבר सितंबर सितम्बर সেপ্টেম্বর กันยายน ก.ย. septemba
    ستمبر أيلول""",
    """october oct oktober okt octobre octubre ottobre ott outubro out октября окт ekim października październik října
    octombrie οκτωβρίου οκτ жовтня октомври októbra október lokakuuta أكتوبر oktoober oktobris oktobrī spalio
    октобар октобра oktobar oktobra οκτώβριος tetor אוקטובר अक्टूबर अक्तूबर অক্টোবর ตุลาคม ต.ค. oktoba اکتوبر""",
    """november nov novembre noviembre novembro nopember ноября ноя kasım listopada listopad listopadu noiembrie
    νοεμβρίου νοε ноември studenoga novembra marraskuuta نوفمبر nóvember novembris novembrī lapkričio новембар
    новембра novembar νοέμβριος листопада nëntor נובמבר नवंबर नवम्बर নভেম্বর พฤศจิกายน พ.ย. novemba نومبر""",
    """december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des декабря дек aralık grudnia
    grudzień prosince decembrie δεκεμβρίου δεκ грудня декември prosinca decembra joulukuuta ديسمبر detsember
    decembris decembrī gruodžio децембар децембра decembar δεκέμβριος dhjetor דצמבר दिसंबर दिसम्बर ডিসেম্বর ธันวาคม
    ธ.ค. desemba دسمبر""",
)
MONTHS = {name.casefold(): number for number, names in enumerate(_NAMES, 1) for name in names.split()}
