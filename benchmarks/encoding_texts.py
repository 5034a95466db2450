"""Sentences in many languages, written for this benchmark, and the encodings that their users had."""

from collections.abc import Iterator

SENTENCES = {
    "tr": [
        "Toplantı yarın sabah saat dokuzda başlayacak.",
        "Sipariş numaranızı müşteri hizmetlerine bildiriniz.",
        "Ürün iadesi on dört gün içinde yapılmalıdır.",
        "Şirketimizin yıllık bütçesi geçen hafta onaylandı.",
        "Lütfen eksik belgeleri İstanbul ofisine gönderin.",
    ],
    "he": [
        "הפגישה נדחתה ליום שלישי בשעה עשר בבוקר.",
        "נא לצרף את החשבונית המקורית לטופס.",
        "המשלוח יגיע למחסן בתחילת השבוע הבא.",
        "כל העובדים מוזמנים להדרכת הבטיחות.",
    ],
    "ja": [
        "明日の会議は午前九時に始まります。",
        "請求書を経理部に送ってください。",
        "新しいサーバーの設定が完了しました。",
        "商品の返品は十四日以内にお願いします。",
    ],
    "zh": [
        "会议将于明天上午九点开始。",
        "请把发票寄到财务部门。",
        "新服务器的配置已经完成。",
        "商品可以在十四天之内退货。",
    ],
    "tw": [
        "會議將於明天上午九點開始。",
        "請把發票寄到財務部門。",
        "新伺服器的設定已經完成。",
        "商品可以在十四天之內退貨。",
    ],
    "ko": [
        "회의는 내일 오전 아홉 시에 시작합니다.",
        "영수증을 회계 부서로 보내 주십시오.",
        "새 서버의 설정이 완료되었습니다.",
    ],
    "ru": [
        "Совещание начнётся завтра в девять часов утра.",
        "Пришлите счёт в бухгалтерию до конца недели.",
        "Настройка нового сервера завершена.",
        "Возврат товара возможен в течение четырнадцати дней.",
    ],
    "de": [
        "Die Besprechung beginnt morgen früh um neun Uhr im großen Saal.",
        "Bitte schicken Sie die Rechnung an die Buchhaltung in München.",
        "Die Prüfung der Geräte ist für nächste Woche geplant.",
        "Rückgaben sind innerhalb von vierzehn Tagen möglich.",
    ],
    "fr": [
        "La réunion commencera demain à neuf heures précises.",
        "Veuillez envoyer la facture au service de comptabilité où elle sera vérifiée.",
        "Le nouveau serveur a été configuré hier après-midi.",
        "Les retours sont acceptés pendant quatorze jours après réception.",
    ],
    "es": [
        "La reunión empezará mañana a las nueve de la mañana.",
        "Envíe la factura al departamento de contabilidad, por favor.",
        "La configuración del servidor terminó ayer; ¿alguna pregunta?",
        "El año próximo cambiarán los días de devolución.",
    ],
    "pl": [
        "Zebranie rozpocznie się jutro o godzinie dziewiątej.",
        "Proszę przesłać fakturę do działu księgowości.",
        "Nowy serwer został już skonfigurowany, dziękuję.",
        "Zwroty są możliwe w ciągu czternastu dni.",
    ],
    "cs": [
        "Schůzka začne zítra v devět hodin ráno.",
        "Pošlete prosím fakturu účetnímu oddělení.",
        "Nastavení nového serveru je už hotové.",
    ],
    "hu": [
        "Az értekezlet holnap reggel kilenckor kezdődik.",
        "Kérjük, küldje el a számlát a könyvelőségre.",
        "Az új kiszolgáló beállítása elkészült, köszönjük.",
    ],
    "el": [
        "Η συνάντηση αρχίζει αύριο στις εννέα το πρωί.",
        "Στείλτε το τιμολόγιο στο λογιστήριο.",
        "Η ρύθμιση του νέου διακομιστή ολοκληρώθηκε.",
    ],
    "ar": [
        "يبدأ الاجتماع غدا في الساعة التاسعة صباحا.",
        "يرجى إرسال الفاتورة إلى قسم المحاسبة.",
        "اكتمل إعداد الخادم الجديد.",
    ],
    "th": [
        "การประชุมจะเริ่มพรุ่งนี้เวลาเก้าโมงเช้า",
        "กรุณาส่งใบแจ้งหนี้ไปที่ฝ่ายบัญชี",
        "การตั้งค่าเซิร์ฟเวอร์ใหม่เสร็จแล้ว",
    ],
    "uk": [
        "Нарада почнеться завтра о дев'ятій годині ранку.",
        "Надішліть рахунок до бухгалтерії, будь ласка.",
        "Налаштування нового сервера завершено.",
    ],
    "en": [
        "The meeting – moved to Monday – starts at nine o’clock.",
        "“Please send the invoice to accounting,” she wrote.",
        "The café’s résumé of the year costs €5 more.",
    ],
    "lt": [
        "Susirinkimas prasidės rytoj devintą valandą ryto.",
        "Prašome atsiųsti sąskaitą buhalterijai.",
        "Naujo serverio nustatymai jau baigti, ačiū.",
    ],
    "da": [
        "Mødet begynder i morgen klokken ni præcis.",
        "Send venligst fakturaen til bogholderiet på første sal.",
        "Serveren er sat op, og prøven går godt.",
    ],
}
ENCODINGS = {
    "tr": ["cp1254", "iso8859-9"],
    "he": ["cp1255", "iso8859-8"],
    "ja": ["shift_jis", "euc-jp"],
    "zh": ["gb18030"],
    "tw": ["big5"],
    "ko": ["euc-kr"],
    "ru": ["koi8-r", "cp1251", "cp866", "iso8859-5", "mac-cyrillic"],
    "uk": ["cp1251", "koi8-u"],
    "de": ["cp1252", "latin-1", "cp437", "cp850", "mac-roman"],
    "fr": ["cp1252", "cp437", "cp850", "mac-roman"],
    "es": ["cp1252", "cp437", "cp850", "mac-roman"],
    "pl": ["cp1250", "iso8859-2", "cp852"],
    "cs": ["cp1250", "iso8859-2", "cp852"],
    "hu": ["cp1250", "iso8859-2", "cp852"],
    "el": ["cp1253", "iso8859-7", "cp737"],
    "ar": ["cp1256", "iso8859-6"],
    "th": ["cp874"],
    "en": ["cp1252", "mac-roman"],
    "lt": ["cp1257"],
    "da": ["cp1252", "cp850", "cp437", "mac-roman"],
}
WIDE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


def cases() -> Iterator[tuple[str, str, bytes, int]]:
    """Text, encoding, bytes, and the number of sentences: each alone, each two neighbours, and all of a language."""
    for language, sentences in SENTENCES.items():
        groups = [[one] for one in sentences] + [[*pair] for pair in zip(sentences, sentences[1:], strict=False)] + [sentences]
        for encoding in ENCODINGS[language] + WIDE:
            for group in groups:
                content = (" ".join(group) + "\n").encode(encoding, "ignore")
                if encoding in WIDE or not content.isascii():
                    yield content.decode(encoding), encoding, content, min(len(group), 3)
