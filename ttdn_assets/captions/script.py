"""What a text shows by itself: its script, words of another language left in it, loops, Chinese punctuation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ttdn_assets.model import Lang
from ttdn_assets.text import has_han

_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_VI_LETTER = r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]"
_VI_WORD = re.compile(rf"(?<![^\W\d_])[a-zà-ỹđ]*{_VI_LETTER}[a-zà-ỹđ]*(?![^\W\d_])")
_EN_WORDS = re.compile(r"(?<![\w(（.])[a-z]{3,}(?: [a-z]{2,})+(?![\w)）.])")
_HALF_WIDTH = re.compile(
    rf"[{_HAN}][,;:!?()](?!\d)|[,;:!?(](?=[{_HAN}])|[{_HAN}]\.(?=\s|$)|(?<=[{_HAN}]) +(?=[{_HAN}])"
)
_WORD_LOOP = re.compile(r"\b(\w+(?:\W+\w+){0,5})(?:\W+\1\b){2,}", re.IGNORECASE)
_HAN_LOOP = re.compile(rf"([{_HAN}，、]{{2,12}}?)\1{{2,}}|([{_HAN}])\2{{3,}}")
# Frequent characters that only traditional Chinese writes.
_TRADITIONAL = frozenset(
    "們個來時國會對學發說為這過還經動問間實點現進種從體將當無產長業開關於與後應將機場電廣義標準區縣鄉東車馬"
    "魚鳥龍風飛門頭頁題類願顧顯驗驚鮮麗黃齊齒廳廠慶歷歲觀覺見規親視計記設訪試詩話該詳語認讓議讀變貝財貨質"
    "費資賞賢贊農運達遠適選遺邊郵鄰鐵銀錢鐘鎮鏡陽陰陸際隊階難雲靈靜響頂順須領飯飲館馳駐騎鬥鬧鳳鳴麥嶺島岡峽"
    "傳備億優價儀儲兒內兩冊凍劃劇劉劍創勝勞勢勵匯單協壓參叢吳員啟園圓圖團壇壞壯壽夢奪奮婦孫寧寶審寫導屆屬層"
    "帶幣幫幹庫張強彈彙徑徵憲應戰戲擁擇擊擔據掃損揚換搖摯撥擴攝敗敘數斷書條楊極構樂樓樹橋歐歡歸殘殺毀"
    "氣決沒況淚測湯溝滅滿漁漢潔濟灣災煙營爭爾牆獎獨獲環產畫異療盡監盤矚確禮禪種稱穀積穩窮競筆節範築簡糧紀"
    "約紅紋納純級紛紙組細終結給絡統絲經綠維網緊線練縱總績織繼續罰羅習聖聞聯聲職腦膚臉臨舉舊艦藝藥蘭處號虛蟲"
    "補裝裡複襲訂討訓許誌調談諸謝證識譜警護貢負貿賀賓賽趕躍軍軌較載輔輕輛輝輪輸轉辦鄭醫釋針鋼錄鑼鑄閱闊隨雖雙"
)


def wrong_script(value: str, lang: Lang) -> str:
    """What shows that a text is not in the script of its language; empty where it is."""
    han = re.search(rf"[{_HAN}]+", value)
    if lang in ("vi", "en"):
        return han.group() if han else ""
    return value[:40] if lang == "zh" and not has_han(value) and re.search(r"[^\W\d_A-Z]", value) else ""


def remainder(value: str, lang: Lang, named: Sequence[tuple[int, int]]) -> str:
    """Words of another language left in a text; names of the term base (their places ``named``) and people are none.

    A name keeps its capitals, so small letters with Vietnamese diacritics show a sentence left standing.
    """
    if lang not in ("en", "zh"):
        return ""
    forms = (_VI_WORD,) if lang == "en" else (_VI_WORD, _EN_WORDS)
    for form in forms:
        for found in form.finditer(value):
            if not any(start <= found.start() and found.end() <= end for start, end in named):
                return found.group()
    return ""


def looped(value: str) -> str:
    """Words that stand three times in a row, as a runaway translation leaves them; empty where none do."""
    found = _HAN_LOOP.search(value) or _WORD_LOOP.search(value)
    return found.group()[:60] if found else ""


def traditional(value: str) -> str:
    """The characters of a Chinese text that only the traditional script has."""
    return "".join(dict.fromkeys(char for char in value if char in _TRADITIONAL))


def half_width(value: str) -> str:
    """ASCII punctuation or a space beside Chinese characters; empty where there is none."""
    found = _HALF_WIDTH.search(value)
    return value[max(0, found.start() - 4) : found.end() + 4] if found else ""
