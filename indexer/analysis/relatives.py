"""A lemma → lemmas of the same root that no lemmatiser joins: казахстан → казахстанский, купить → покупать.

Rules guess, and the index says which of the guesses are words of its texts. The rules want parts of speech on both
sides; what they get wrong by the meaning (новость is no relative of новый) no rule tells, and is listed.

Figures are of tests/quality/relatives.py, over the 29,010 lemmas of 50,000 paragraphs; the labelled pairs are in
tests/golden/relatives.txt. Of 200 pairs as readers meet them (words drawn by frequency, any relative of each) 0.930 are
wanted by who types ~word; these are the texts that the lists were made by. It is 0.930 too of 100 pairs of other texts,
documentation mostly, that the first do not have. Of 300 pairs drawn before, so that none had been looked at, it was
0.827; what was wrong among them is in the lists now. Recall is 0.561 of DerivBaseRu's pairs by suffix, which are not
all true (стол → столичный). A word has 62 guesses on average, 189 at most.

What lost: leaving out решить → решиться and all pairs that differ by -ся alone, the least sure ones. Precision would be
0.947 for 0.930, but recall 0.502 for 0.561. So they stay, and come last.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from indexer.analysis.lemmatize import is_of, known_grammemes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

# --- the tables -------------------------------------------------------------------------------------------------------
#
# A series is what may end words on one stem; words of different groups (between bars) are relatives. A group begins
# with its part of speech, a letter of _PARTS. ∅ is no ending; the sign before an ending is what becomes of the stem,
# one of _GRADES. The surest series come first; the number is of letters that a stem has at least.

_SERIES: tuple[tuple[int, str], ...] = (
    # verbs, their aspect partners, what they name and who does it
    (3, "Г ить | Г 'ать 'ять ~ивать °ывать | С 'ение | С итель | С ительство | П ительный | Л ительница"),
    (3, "Г ать | Г °ывать °ивать | С ание | С атель | С ательство | П ательный | Л ательница"),
    (3, "Г ять | Г ивать °ивать | С яние | С ятель | П ятельный"),
    (3, "Г еть | Г евать | С ение | Л елец"),
    (3, "Г еть | Г °ивать | С ение"),
    (3, "Г овать | Г овывать | С ование | С ация яция | Л ователь | П овательный"),
    (3, "Г евать | С евание | Л еватель"),
    (3, "Г овать | С ие о"),
    (3, "Г ировать | С ация яция иция | П ационный яционный иционный | Л атор ятор итор"),
    (3, "Г ировать | С ирование | С ировка | Л ировщик"),
    (3, "Г ировать | С енция | Л ент ор ер"),
    (3, "Г изировать изовать | С изация | С изирование | Л изатор | П изационный"),
    (3, "Г ифицировать | С ификация | П ификационный"),
    (3, "Г нуть | Г ать °ывать °ивать"),
    (3, "Г нуть | Г ать | С *ение новение"),
    (4, "Г ить | Г ать | С 'ение"),
    (3, "Г оить | Г аивать | С ойка | Л ойщик | С ойство | С ой"),
    (3, "Г ничать | С ничество | Л ник"),
    (4, "Г ить 'ать 'ять ~ивать | С ка | Л щик чик овщик"),
    (4, "Г ать ять °ывать °ивать | С ка | Л щик чик"),
    (3, "Г овать | С овка | Л овщик"),
    (4, "Г ить 'ать 'ять ~ивать | С ∅"),
    (5, "Г ить 'ять ~ивать | С а"),
    (4, "Г ать ывать ивать | С ∅"),
    (5, "Г ать °ывать °ивать | С ∅"),
    (4, "Г нуть | С ∅"),
    (4, "Г еть | С ∅"),
    (4, "Г овать ировать | С ∅ а ия ь"),
    (4, "Г ить ать | Л ец"),
    (3, "Г ить | П имый"),
    (3, "Г ать | П аемый"),
    (4, "Л ∅ ь | Г ствовать"),
    # places, their people and what is theirs
    (3, "М ∅ а о ь ы и | П *ский ский ской | Л ец | Л ка"),
    (3, "М й я | П йский | Л ец | Л йка янка"),
    (3, "М ия | П ийский | Л иец ичанин ичанка иянин ийка"),
    (3, "М ия | П ский | Л ец | Л ка"),
    (3, "М а ия | П ейский | Л еец"),
    (3, "М ск | П ский | Л ичанин ец"),
    (3, "М цк | П цкий | Л чанин"),
    (3, "П ский | Л ец | Л ка"),
    (3, "Л нин | П нский | Л нка"),
    # nouns and their adjectives
    (3, "С ство *ество ие | П ственный *ественный"),
    (3, "С ство | П ский"),
    (4, "С *ество | П *еский"),
    (3, "С о а ь | П енный"),
    (3, "С ия ие | П ионный"),
    (3, "С ика | П ический | Л ик"),
    (3, "С ия ∅ | П ический"),
    (3, "С ∅ ия | П ичный"),
    (3, "С лиз | Л литик | С литика | П литический"),
    (4, "С ∅ ь | П ский *еский ской"),
    (4, "С ия | П ийский ейский ейный"),
    (4, "С ∅ а я о е й ь ы и | П *ный"),
    (4, "С ∅ а я о е ь | П *ной ^ный"),
    (4, "С ка ок | П очный"),
    (3, "С ∅ а я о ь ы | П овый овой евый евой"),
    (3, "С о ∅ а ь | П яной янный яный"),
    (3, "С о ь ∅ | П ний"),
    (4, "С ия а ∅ | П альный иальный уальный иональный"),
    (3, "С ация | П ативный | Л атор"),
    (4, "С ∅ а ия | П ивный"),
    # nouns and nouns
    (4, "Л ∅ ь | С ство *ество"),
    (3, "Л лог | С логия | П логический"),
    (3, "Л граф | С графия | П графический"),
    (3, "Л ист | С изм | П истский истический"),
    (4, "С ∅ а о ия ика ь | Л ист"),
    (4, "С ∅ а о ь ие | Л *ник *ница"),
    (4, "С ∅ а ь | Л чик щик"),
    (3, "Л ант ент | С ация енция"),
    (3, "Л ат | С атия | П атический"),
    (3, "Л тель | Л тельница"),
    (3, "Л ник | Л ница"),
    (4, "Л ∅ | Л ка ша"),
    (3, "Л ец | Л ица"),
    (3, "Л ец | П *ческий еческий | С *чество ечество"),
    (4, "С ∅ | Л ор"),
    (4, "Л ор | С ура"),
    # qualities
    (3, "П ый ой ий | С ость | Н о е"),
    (3, "П ий | Н и"),
    (3, "П ый ой ий | С ота изна ье"),
    (3, "П кий | С ость"),
    (3, "П окий | С ота"),
    (4, "П ый ный | С ство"),
    (4, "П ый ий ой | Г еть"),
    (4, "П ный | С ник"),
    (4, "П вый вой яной | С вик яник"),
    (4, "П *ный | Л ист"),
    (4, "П ный ый ий | Л ец"),
)

# Verbs by root, after a prefix: no rule foretells their forms. All words of a line are relatives.
_ROOTS: tuple[str, ...] = (
    "Г йти ходить | С ход хождение ходка",
    "Г брать бирать | С бор борка бирание брание | Л биратель | П бирательный",
    "Г вести водить | С вод ведение водка водство | Л водчик водитель",
    "Г везти возить | С воз возка везение | Л возчик",
    "Г нести носить | С нос несение ношение носка",
    "Г ехать езжать | С езд | П ездной",
    "Г лететь летать | С лет",
    "Г плыть плывать | С плытие",
    "Г бежать бегать | С бег",
    "Г лезть лезать",
    "Г дать давать | С дача дание давание | Л датель давец | С дательство",
    "Г стать ставать | С ставание",
    "Г взять взимать | С взятие взимание",
    "Г нять нимать ымать ять | С нятие нимание ем ъем съем емка съемка ятие ъятие | Л ниматель | П емный ъемный",
    "Г чать чинать | С чало чинание",
    "Г жать жимать | С жатие жимание жим жимка",
    "Г мереть мирать | С мирание",
    "Г тереть тирать | С тирание",
    "Г переть пирать",
    "Г слать сылать | С сылка",
    "Г звать зывать | С зов зыв звание зывание",
    "Г рвать рывать | С рыв",
    "Г крыть крывать | С крытие",
    "Г бить бивать | С бой биение бивание",
    "Г лить ливать | С лив ливка",
    "Г пить пивать | С пивка",
    "Г шить шивать | С шивка",
    "Г жить живать | С живание",
    "Г петь певать",
    "Г деть девать | С девание",
    "Г мыть мывать",
    "Г быть бывать | С бытие бывание",
    "Г вить вивать | С витие вивка",
    "Г ждать жидать | С жидание",
    "Г гнать гонять | С гон гнание | Л гнанник",
    "Г честь читать читывать | С чет | П четный",
    "Г красть крадывать",
    "Г пасть падать | С падение",
    "Г сесть седать",
    "Г цвести цветать | С цвет",
    "Г расти растать | С рост растание",
    "Г рести ретать | С ретение",
    "Г ложить лагать кладывать | С ложение",
    "Г мочь могать | С мощь | Л мощник",
    "Г сечь секать | С сечение",
    "Г влечь влекать | С влечение",
    "Г течь текать | С течение",
    "Г беречь берегать | С бережение",
    "Г жечь жигать | С жог жигание",
    "Г мкнуть мыкать | С мыкание",
    "Г двинуть двигать | С движение",
    "Г тянуть тягивать | С тяжение тяжка тягивание",
    "Г кинуть кидывать кидать",
    "Г бросить брасывать | С брос брасывание",
    "Г толкнуть талкивать | С талкивание",
    "Г ткнуть тыкать",
    "Г дохнуть дыхать | С дых",
    "Г глянуть глядывать",
    "Г пустить пускать | С пуск",
    "Г купить купать | С куп купка | Л купщик",
    "Г казать казывать | С каз казание казывание",
    "Г писать писывать | С пись писание писка писывание",
    "Г стигнуть стичь стигать | С стижение",
    "Г вернуть вергать",
    "Г смотреть сматривать | С смотр смотрение",
    "Г держать держивать | С держка держание",
)
_PREFIXES: tuple[str, ...] = (  # as they stand before one root or another
    *(
        "без бес",
        "в во въ",
        "вз взо вс",
        "воз вос",
        "вы",
        "до",
        "за",
        "из изо ис изъ",
        "на",
        "над надо",
        "о",
        "об обо объ",
    ),
    *(
        "от ото отъ",
        "пере",
        "по",
        "под подо подъ",
        "пре",
        "пред предо",
        "при",
        "про",
        "раз разо рас разъ",
        "с со съ",
        "у",
    ),
    *("воспри", "воспроиз", "предпри", "произ произо", "приоб", "недо", "соз", "изоб"),
)

# Prefixes that only make a verb perfective, and the verbs.
_PERFECTIVE: dict[str, str] = {
    "по": "строить благодарить звонить смотреть просить обещать дарить верить думать чистить терять гибнуть слушать "
    "ужинать обедать завтракать знакомить советовать страдать пробовать хоронить ссорить менять красить сеять кормить "
    "целовать жаловаться жертвовать мирить жениться сочувствовать стараться вредить глядеть влиять худеть требовать "
    "заботиться тревожить беспокоить нравиться торопить казаться стучать ехать лететь бежать тратить мешать "
    "участвовать чувствовать пытаться беседовать делить звать клясться рекомендовать спешить спорить стричь тушить "
    "хвалить шутить щадить молиться трудиться говорить желать сидеть считать",
    "с": "делать варить петь мочь уметь ломать прятать гореть копировать моделировать формулировать формировать играть "
    "фотографировать фальсифицировать координировать провоцировать концентрировать корректировать группировать",
    "со": "греть врать лгать",
    "на": "писать рисовать кормить печатать мазать чертить учить",
    "про": "читать диктовать голосовать анализировать информировать инструктировать консультировать контролировать "
    "комментировать финансировать тестировать цитировать демонстрировать иллюстрировать игнорировать стимулировать "
    "индексировать субсидировать",
    "за": "платить регистрировать фиксировать блокировать бронировать планировать кодировать программировать "
    "патентовать шифровать архивировать интересовать страховать грузить консервировать хотеть документировать "
    "минировать резервировать вербовать маскировать",
    "вы": "учить мыть сушить пить лечить копать рыть растить стирать",
    "у": "видеть слышать красть тонуть комплектовать регулировать",
    "о": "штрафовать грабить характеризовать слепнуть глохнуть публиковать слабеть кольцевать",
    "от": "реагировать реставрировать ремонтировать редактировать рапортовать фильтровать",
    "ото": "мстить",
    "ис": "портить печь тратить пугать",
    "из": "мерить расходовать бить",
    "раз": "будить бить делить множить громить",
    "рас": "сердить плавить таять",
    "при": "готовить грозить близить",
    "вз": "волновать",
    "вс": "пахать потеть",
    "пере": "ночевать зимовать",
}

# What no rule tells; all words of a line are relatives.
_IRREGULAR: tuple[str, ...] = (
    # verbs
    "купить покупать покупка покупатель покупательский покупной",
    "брать взять взятие",
    "говорить сказать",
    "положить класть",
    "искать поиск",
    "ловить поймать ловля",
    "лечь ложиться",
    "сесть садиться",
    "стать становиться становление",
    "вернуть возвращать возвратить возврат возвращение",
    "вернуться возвращаться возвратиться возврат возвращение",
    "идти ходить ходьба",
    "ехать ездить езда поездка",
    "лететь летать полет",
    "бежать бегать бег бегун",
    "плыть плавать плавание пловец",
    "везти возить",
    "нести носить",
    "вести водить",
    "умереть умирать смерть смертный смертельный смертность",
    "убить убивать убийство убийца",
    "родить родиться рождать рождаться рождение рождаемость",
    "жить жизнь житель жизненный",
    "работать работа работник рабочий",
    "воевать война военный воин",
    "любить любовь любимый",
    "дружить дружба друг дружеский",
    "стоить стоимость",
    "играть игра игрок игровой",
    "учить учиться учение учитель ученик учеба",
    "знать знание",
    "уметь умение",
    "петь пение песня певец певица",
    "спать сон",
    "болеть болезнь больной",
    "просить просьба",
    "жаловаться пожаловаться жалоба",
    "бороться борьба борец",
    "судить суд судебный судья",
    "служить служба служебный",
    "стрелять стрельба стрелок выстрел выстрелить",
    "молиться молитва",
    "клясться клятва",
    "бояться боязнь",
    "ждать ожидать ожидание",
    "звонить звонок",
    "поступить поступать поступок",
    "прыгать прыгнуть прыжок",
    "дарить подарить подарок",
    "заработать зарабатывать заработок",
    "руководить руководитель руководство",
    "знакомить знакомиться знакомство знакомый",
    "начать начинать начало начаться начинаться",
    "спасти спасать спасение спасатель спасательный",
    "коснуться касаться",
    "угрожать угроза грозить",
    "сменить сменять смена",
    "тратить трата",
    "ранить рана",
    "платить плата",
    "победить побеждать победа победитель",
    "встретить встречать встретиться встречаться встреча",
    "привыкнуть привыкать привычка привычный",
    "погибнуть погибать гибель гибнуть",
    "подозревать подозрение подозрительный",
    "договориться договариваться договор договоренность договорный",
    "согласиться соглашаться согласие соглашение согласный",
    "различать различие различный",
    "отличать отличаться отличие",
    "кричать крикнуть крик",
    "обмануть обманывать обман",
    "вдохновить вдохновлять вдохновение",
    "реагировать отреагировать реакция",
    "претендовать претензия претендент",
    "готовить готовиться готовый готовность",
    "чистить чистый чистка",
    "выбирать выбрать выбор выборы",
    "смеяться смех смешной",
    "рост расти вырасти растить",
    # people
    "женщина женский",
    "мужчина мужской",
    "мать материнский материнство",
    "отец отцовский отцовство",
    "семья семейный",
    "бог божий божественный",
    "царь царский царство",
    "король королевский королевство",
    "князь княжеский княжество",
    "гражданин гражданка гражданский гражданство",
    "крестьянин крестьянский крестьянство",
    "дворянин дворянский дворянство",
    "хозяин хозяйка хозяйский",
    "армия армейский",
    "спорт спортивный спортсмен спортсменка",
    "бизнес бизнесмен",
    "музыка музыкальный музыкант",
    "актер актриса актерский",
    "поэт поэзия поэтический поэтесса",
    "банк банковский банкир",
    "министр министерство министерский",
    "прокурор прокуратура прокурорский",
    "террор террорист терроризм",
    "агрессия агрессивный агрессор",
    "федерация федеральный федеративный",
    # things of three letters and less, and of odd adjectives
    "день дневной",
    "ночь ночной",
    "зима зимний",
    "следствие следственный следователь",
    "мир мирный",
    "юг южный",
    "сила сильный силовой",
    "ум умный",
    "вина винить виновный виноватый",
    "тайна тайный",
    "польза полезный",
    "вред вредный вредить",
    "счастье счастие счастливый",
    "красота красивый",
    "спокойствие спокойный",
    "терпение терпеть терпеливый",
    "насилие насильственный насильник",
    "вода водный водяной",
    "огонь огненный",
    "земля земной земельный",
    "солнце солнечный",
    "море морской моряк",
    "лес лесной",
    "золото золотой",
    "соль соленый соляной",
    "рыба рыбный рыбак",
    "мясо мясной",
    "река речной",
    "гора горный",
    "город городской горожанин",
    "село сельский",
    "дом домашний",
    "рука ручной",
    "сердце сердечный",
    "кровь кровный кровавый кровяной",
    "душа душевный",
    "дух духовный",
    "разнообразие разнообразный",
    "равновесие равновесный",
    "православие православный",
    "отчаяние отчаянный",
    "несчастье несчастие несчастный",
    "подобие подобный",
    # places
    "москва московский москвич москвичка",
    "петербург петербургский петербуржец",
    "белоруссия беларусь белорусский белорус белоруска",
    "германия германский немецкий немец",
    "франция французский француз француженка",
    "италия итальянский итальянец итальянка",
    "польша польский поляк",
    "греция греческий грек гречанка",
    "турция турецкий турок турчанка",
    "чехия чешский чех",
    "америка американский американец американка",
    "грузия грузинский грузин грузинка",
    "армения армянский армянин армянка",
    "латвия латвийский латыш",
    "литва литовский литовец",
    "израиль израильский израильтянин",
    "египет египетский египтянин",
    "азия азиатский азиат",
    "африка африканский африканец",
    "сибирь сибирский сибиряк",
    "киев киевский киевлянин",
    "минск минский минчанин",
    "татарстан татарский татарин",
    "чечня чеченский чеченец",
    "швеция шведский швед",
    "норвегия норвежский норвежец",
    "дания датский датчанин",
    "финляндия финский финн",
    "румыния румынский румын",
    "болгария болгарский болгарин",
    "венгрия венгерский венгр",
    "бразилия бразильский бразилец",
    "афганистан афганский афганец",
    "узбекистан узбекский узбек",
    "киргизия киргизский киргиз",
    "таджикистан таджикский таджик",
    "рим римский римлянин",
    "париж парижский парижанин",
)

# The first word of a line looks like a relative of the others and is none, or is none any more.
_STRANGERS: tuple[str, ...] = (
    "стоить стоять",
    "страна странный",
    "глава главный",
    "часть частный",
    "частность частный",
    "новость новый новостной",
    "личность личный",
    "совет советский",
    "свет светский",
    "долг должный",
    "должник должный",
    "странник странный",
    "поклонник поклонный",
    "отдел отдельный отделаться",
    "страх страховой",
    "край крайний",
    "душа душевой",
    "тесто тестовый",
    "роза розовый",
    "гроза грозовой",
    "максим максимальный",
    "коммуна коммунальный",
    "буква буквальный",
    "операция оперативный",
    "оператор оперативный операция",
    "консерватор консервация консервировать",
    "продукт продуктивный",
    "объект объективный",
    "субъект субъективный",
    "язык язычество",
    "плоть плотник",
    "граф графический",
    "класс классический",
    "казнь казенный",
    "подвиг подвижной",
    "экономист экономный",
    "фигурист фигурный",
    "семейство семейный",
    "начальство начальный",
    "сходство сходный",
    "перед передать передовой",
    "тестировать тесть",
    "массировать масса",
    "курсировать курс",
    "парковать парк",
    "публиковать публика",
    "следовать след",
    "волновать волна",
    "сказка сказать сказаться сказывать сказываться",
    "приставка приставать",
    "начинка начинать",
    "вставка вставать",
    "ставка ставать",
    "удавка удаваться",
    "справка справиться справляться",
    "строка строить строиться",
    "поговорка поговорить",
    "отделка отделить отделять отделиться",
    "поверка поверить",
    "показание показаться",
    "оказание оказаться оказываться",
    "состояние состояться",
    "содержать сдержать сдерживать",
    "содержание сдержать сдерживать",
    "засесть заседать",
    "громить гром",
    "задача задать задавать задаться задаваться",
    "удача удать удавать",
    "месть местный",
    "орган органный",
    "ряд рядовой",
    "стек стекать стекаться",
    "очевидец очевидный",
    "запись записка",
    "записка записаться записываться",
    "делить делать",
    "деление делать",
    "пол полевой",
    "советск советский",
    "делиться делаться",
    "волна волноваться",
    "краса красный",
    "случай случайный",
    "следователь следовать",
    "основательный основатель",
    "динамик динамический",
    "стрелка стрелять",
    "пара парка",
    "подборка подобраться",
    "продавить продавать",
    "пристав приставить",
    "замок замокнуть",
    "согласно согласный",
    "пример примереть",
    "поезд поехать",
    "начальник начало",
    "счет считывать считать",
    "делегация делегировать",
    "пилот пилотный",
    "практик практический",
    "белье белый",
    "отделение отделаться",
    "следить след",
    "искусство искусственный",
    "специальность специально",
    "убор убрать убирать",
    "порядок порядочный",
    "зелень зеленский",
    "сравнение сравняться",
    "борт бортник",
    "приложение прикладывать",
    "норма нормальный",
    "носитель носиться",
    "поведение поведать",
    "детка детский",
    "способ способный",
    "причина причинить причинять",
    "угол угольный",
    "приз призывать",
    "пара паровой",
    "продавец продавить",
    "победитель побежать",
    "противник противный",
    "разборка разобраться",
    "органичный орган",
    "язычник язык",
    "походка пойти",
    "почтенный почта",
    "сказание сказать",
    "раздельный раздел",
    "народить народ",
    "централ центральный",
    "максима максимальный",
    "конек конечный",
    "сужение судить",
    "старение стараться",
    "пробка пробить",
    "заставка заставить заставлять",
    "шокер шокировать",
    "мат матовый",
    "поразительный поражение поражаться",
    "значительный значиться значение значить",
    "доставать доставить доставка",
    "ставать ставить",
    "отличник отличный",
    "композитор композиция",
    "постановка постановить",
    "карьер карьерный",
    "жалование жаловаться",
    "переписка переписать",
    "задание задаться",
    "грозный гроза",
    "касательный касаться",
    "ведомость ведомый",
    "частник часть",
    "мочевой мочь",
    "должность должный",
    "странник страна",
    "момент моментальный",
    "оператор операционный",
    "знатный знать",
    "перед переживать",
    "прийтись приход",
    "пример примерить",
    "ведомство ведомый",
    "срочник срок",
    "выходной выход",
    "персонал персональный",
    "простаивать простой",
    "выходка выйти",
    "проходка пройти",
    "навык навыкнуть",
    "проводка провести",
    "класс классный",
    "отставка отставать",
    "генерал генеральный",
    "оставление оставаться",
    "готовый гот",
    "замещать заметить",
    "замещение заметить",
    "погодить погода",
    "матовый мать",
    "поведение повести повестись",
    "массив массивный",
    "покушение покусать",
    "столичный стол",
    "значиться значение значимый",
    "отношение относить",
    "ответчик ответ",
    "сторонник сторона",
    "военник военный",
    "метровый метро",
    "поговаривать поговорить",
    "скорость скорый скоро",
    "здорово здоровый",
    "языческий язык",
    "местность местный",
    "характер характерный",
    "труд трудный",
    "разбор разобраться",
    "сборка собраться собираться",
    "прием приняться",
    "правитель правительство",
    "прод продать проживать",
    "погиб погибнуть",
    "выходить выхаживать",
    "возбудитель возбуждение",
)
# Verbs whose -ся makes another verb of them, not the passive: сдать and сдаться.
_APART: tuple[str, ...] = (
    "бить водить давать дать держать казать кинуть нести носить править просить сбить сказать сказывать слать смотреть",
    "ставить ходить торговать тянуть бросить набросить накинуть вступить вступать отступить заступить",
    "выбрать добрать забрать забирать пробрать подобрать подбирать убрать убирать разобрать разбирать",
    "сдать задать задавать подать поддать удать пройти прийти приходить обходить доходить находить сходить расходить",
    "отнести относить понести донести доносить завести привести приводить довести доводить",
    "показать оказать оказывать наказать касать слушать послушать присмотреть осмотреть придерживать",
    "поправить справить справлять расправить отбить прибить выбить пробить подавить добить добивать",
    "положить полагать пытать стать добыть сбыть ссылать сослать являть явить объявить заявить значить попасть",
    "попадать прощать простить договорить договаривать оговорить проговорить задумать жаловать пожаловать попросить",
    "взять отнять занять занимать состоять рассчитать принять",
)
# Nouns that no verb explains any more, and verbs of other roots than they seem.
_ALONE: tuple[str, ...] = (
    "завод заведение забор собор прибор объем доход запад заем повод поводок поход погон провод довод завоз",
    "расписание сливка понос положение исток уток событие склад указ образ округ уклад предел застава склон",
    "привод справа солить разбой порыв сбой сказ объемный внять заемный сделка порода возраст изменщик ответчик",
    "замечательный решительный заключительный относительный показательный занимательный основательный отрицательный",
    "состоятельный обстоятельный признательный положительный действительный предварительный собирательный",
    "растительный настоятельный длительный",
)

_PARTS = {
    "С": frozenset({"NOUN"}),
    "Л": frozenset({"NOUN", "anim"}),  # лицо
    "М": frozenset({"NOUN", "Geox"}),  # место
    "П": frozenset({"ADJF"}),
    "Г": frozenset({"INFN"}),
    "Н": frozenset({"ADVB"}),
    "": frozenset[str](),  # whatever it is
}

_VOWELS = "аеиоуыэюя"
_SOFT = (
    *(("ст", "щ"), ("т", "ч"), ("т", "щ"), ("д", "ж"), ("д", "жд"), ("с", "ш"), ("з", "ж")),
    *((letter, letter + "л") for letter in "бпвмф"),
    *((letter, letter) for letter in "лнршжчщй" + _VOWELS),
)
_PALATAL = (
    *(("к", "ч"), ("г", "ж"), ("х", "ш"), ("ц", "ч"), ("л", "ль")),
    *((letter, letter) for letter in "бвджзлмнпрстфчшщй" + _VOWELS),
)
_BROAD = (
    *((f"о{after}", f"а{after}") for after in ("", *"бвгджзклмнпрстфхцчшщ", "ст", "тр", "нч", "лн")),
    ("", ""),
)
_FLEETING = tuple((f"{a}{b}", f"{a}{vowel}{b}") for a in "бвгджзйклмнпрстфхцчшщь" for b in "лнркцв" for vowel in "ое")
# How a stem looks before an ending: plain → changed, one exchange after the other.
_GRADES: dict[str, tuple[tuple[tuple[str, str], ...], ...]] = {
    "": (),
    "'": (_SOFT,),  # ходить → хождение
    "*": (_PALATAL,),  # книга → книжный
    "°": (_BROAD,),  # опоздать → опаздывать
    "~": (_BROAD, _SOFT),  # спросить → спрашивать
    "^": (_FLEETING,),  # окно → оконный
}
_WORD = re.compile("[а-я-]{2,40}")


# --- the rules --------------------------------------------------------------------------------------------------------


class _Rule(NamedTuple):
    """What makes one word of another, if both are of the parts of speech that it is about."""

    rank: int  # the surest first
    own: str  # part of speech of the lemma asked for
    part: str  # and of the other
    by_verb: bool  # the rule is about verbs and what they name


class _Ending(NamedTuple):
    part: str
    grade: str
    text: str


class _Place(NamedTuple):
    """Where an ending stands in _SERIES."""

    series: int
    group: int
    ending: _Ending


# What is put after a stem, and by which rule; the grade of the stem before it, one of _GRADES, comes first.
_Made: TypeAlias = tuple[tuple[str, tuple[tuple[str, _Rule], ...]], ...]
_Rules: TypeAlias = dict[str, tuple[_Rule, ...]]  # by text
# The same of all series that ask for one stem: each text once, by all its rules.
_Merged: TypeAlias = tuple[tuple[str, _Rules], ...]


class _Guesses(NamedTuple):
    """Lemmas that may be relatives. Few are words, so by which rules one is guessed is told when it is asked for."""

    whole: _Rules  # by words
    ended: list[tuple[str, _Rules]]  # beginnings of words, each with what may end it

    def words(self) -> list[str]:
        """Return them, the lemma itself perhaps among them, some more than once."""
        return [*self.whole, *[start + end for start, ends in self.ended for end in ends]]

    def rules(self, word: str) -> tuple[_Rule, ...]:
        """Return the rules that make one of them."""
        found = self.whole.get(word, ())
        for start, ends in self.ended:
            if word.startswith(start):
                found += ends.get(word[len(start) :], ())
        return found


_ALL_PARTS = frozenset(_PARTS)
_LISTED = _Rule(-1, "", "", by_verb=False)
_ASPECT = _Rule(-1, "Г", "Г", by_verb=True)
_VOICE = _Rule(len(_SERIES), "Г", "Г", by_verb=True)  # after all others: the meaning is another one more often


def candidates(lemma: str) -> frozenset[str]:
    """Return lemmas that may be of the same root by rule; most of them are no words: keep those that the index knows.

    >>> sorted(candidates("сталь") & {"стальной", "сталевый", "стать"})
    ['сталевый', 'стальной']
    """
    guesses = _guesses(lemma, _ALL_PARTS)
    words = set(guesses.words()) - {lemma}
    return frozenset(word for word in words if _allowed(lemma, word, guesses.rules(word)))


def relatives(lemma: str, known: Callable[[Collection[str]], Iterable[str]]) -> tuple[str, ...]:
    """Return the lemmas of the same root that are known, the surest first; `known` gives those that are, of many.

    It may be asked twice for one.

    The lemma is folded. Who finds another is found by it.

    >>> relatives("казахстан", {"казахстанский", "казахстанка", "казахстанов"}.intersection)
    ('казахстанка', 'казахстанский')
    """
    return relatives_of([lemma], known)[0]


def relatives_of(lemmas: Sequence[str], known: Callable[[Collection[str]], Iterable[str]]) -> list[tuple[str, ...]]:
    """Return the same of several lemmas, of which `known` is asked at once: so they take less.

    >>> relatives_of(["сталь", "казахстан"], {"стальной", "казахстанский"}.intersection)
    [('стальной',), ('казахстанский',)]
    """
    guesses = [_guesses(lemma, _parts_of(lemma)) for lemma in lemmas]
    words = [of_lemma.words() for of_lemma in guesses]
    every = list(chain.from_iterable(words))
    there = frozenset(known(every)) if every else frozenset()
    return [
        _of_those(lemma, of_lemma, there.intersection(own) if there else there)
        for lemma, of_lemma, own in zip(lemmas, guesses, words, strict=True)
    ]


def _of_those(lemma: str, guesses: _Guesses, words: Iterable[str]) -> tuple[str, ...]:
    """Return which of some words that were guessed are relatives of a lemma, the surest first."""
    ranks: dict[str, int] = {}
    for word in words:
        rules = guesses.rules(word) if word != lemma else ()
        agreeing = [rule.rank for rule in _allowed(lemma, word, rules) if _agrees(lemma, word, rule)]
        if agreeing:
            ranks[word] = min(agreeing)
    return tuple(sorted(ranks, key=lambda word: (ranks[word], word)))


def _parts_of(lemma: str) -> frozenset[str]:
    """Return the parts of speech that a lemma may be of, as the dictionary has it; any for a word that it has not.

    A third of the guesses is left: what takes longest is to look them up. A guess of the part of speech takes longer.
    """
    own = known_grammemes(lemma)
    return _ALL_PARTS if own is None else frozenset(part for part, wanted in _PARTS.items() if wanted <= own)


def _agrees(lemma: str, word: str, rule: _Rule) -> bool:
    own, part = _PARTS[rule.own], _PARTS[rule.part]
    return (not own or is_of(lemma, own)) and (not part or is_of(word, part))


def _allowed(lemma: str, word: str, rules: tuple[_Rule, ...]) -> tuple[_Rule, ...]:
    """Return the rules by which a word may be a relative in spite of the lists."""
    if frozenset((lemma, word)) in _strangers():
        return ()
    if lemma in _alone() or word in _alone():
        return tuple(rule for rule in rules if not rule.by_verb)
    return rules


def _guesses(lemma: str, parts: frozenset[str]) -> _Guesses:
    """Return what may be a relative of a lemma of these parts of speech: made first, and looked at if it is a word."""
    found: _Rules = {}
    if not _WORD.fullmatch(lemma):
        return _Guesses(found, [])
    for other in _listed().get(lemma, ()):
        found[other] = (_LISTED,)
    active = _active(lemma)
    is_reflexive = active != lemma
    # A bare ending is no verb: «чь» has no «чься».
    if active.endswith(("ть", "ти", "чь")) and len(active) > len("ть") and active not in _apart():
        _add(found, active if is_reflexive else _reflexive(lemma), _VOICE)
    for other in _aspects().get(active, ()):
        _add(found, _reflexive(other) if is_reflexive else other, _ASPECT)
    _of_root(active, found, is_reflexive=is_reflexive)
    return _Guesses(found, _of_series(active, parts, is_reflexive=is_reflexive))


def _add(found: _Rules, word: str, rule: _Rule) -> None:
    found[word] = (*found.get(word, ()), rule)


def _active(lemma: str) -> str:
    is_reflexive = lemma.endswith(("ться", "тись", "чься")) and len(lemma) > len("ться")
    return lemma[:-2] if is_reflexive else lemma


def _reflexive(verb: str) -> str:
    return verb + ("сь" if verb.endswith("ти") else "ся")


def _of_root(lemma: str, found: _Rules, *, is_reflexive: bool) -> None:
    for length in range(1, min(len(lemma), _longest_prefix()) + 1):
        for variants in _prefixes().get(lemma[:length], ()):
            for text, rule in _by_root(lemma[length:], is_reflexive):
                for start in variants:
                    _add(found, start + text, rule)


def _of_series(lemma: str, parts: frozenset[str], *, is_reflexive: bool) -> list[tuple[str, _Rules]]:
    """Return beginnings of words that series make of a lemma, each with what may end it."""
    places, back, forth = _places(), _back(), _forth()
    plain: dict[tuple[int, str], list[str]] = {}  # stems by where they end and by grade: many series ask for the same
    changed: dict[tuple[str, str], list[str]] = {}
    found: list[tuple[str, _Rules]] = []
    for at in range(2, len(lemma) + 1):
        if lemma[at:] not in places:
            continue
        for grade, least, made in _merged(lemma[at:], is_reflexive, parts):
            stems = plain.get((at, grade))
            if stems is None:
                stems = plain[at, grade] = _stems(lemma[:at], back[grade])
            for stem in stems:
                if len(stem) < least:
                    continue
                for other, ends in made:
                    if not other:
                        found.append((stem, ends))
                        continue
                    starts = changed.get((stem, other))
                    if starts is None:
                        starts = changed[stem, other] = _stems(stem, forth[other])
                    found += [(start, ends) for start in starts]
    return found


def _stems(stem: str, exchanges: Iterable[_Exchange]) -> list[str]:
    stems = [stem]
    for lengths, new in exchanges:
        made: list[str] = []
        for before in stems:
            size = len(before)
            for length in lengths:
                if length <= size and (ends := new.get(before[size - length :])):
                    made += [before[: size - length] + after for after in ends]
        stems = made if len(stems) == 1 else list(dict.fromkeys(made))
    return stems


def _with_voices(text: str, rule: _Rule, *, is_reflexive: bool) -> Iterator[tuple[str, _Rule]]:
    """Give a word for a lemma in either voice.

    A verb goes with verbs of its own voice, a noun with both: решение, решить, решиться.
    """
    is_verb, of_verb = rule.part == "Г", rule.own == "Г"
    if not is_reflexive or (of_verb and not is_verb):
        yield text, rule
    if is_verb and is_reflexive == of_verb:
        yield _reflexive(text), rule


# --- the tables, ready for use: made at the first question, as far as it asks -----------------------------------------

# Old ends of a stem → new ones, and the lengths of the old: the longer ones are few, so they are not tried one by one.
_Exchange: TypeAlias = tuple[tuple[int, ...], dict[str, list[str]]]


def _exchange(pairs: Iterable[tuple[str, str]]) -> _Exchange:
    new: dict[str, list[str]] = {}
    for old, changed in pairs:
        new.setdefault(old, []).append(changed)
    return tuple(sorted({len(old) for old in new})), new


@cache
def _forth() -> dict[str, tuple[_Exchange, ...]]:
    return {sign: tuple(map(_exchange, tables)) for sign, tables in _GRADES.items()}


@cache
def _back() -> dict[str, tuple[_Exchange, ...]]:
    return {
        sign: tuple(_exchange((new, old) for old, new in table) for table in reversed(tables))
        for sign, tables in _GRADES.items()
    }


@cache
def _groups(line: str) -> tuple[tuple[_Ending, ...], ...]:
    parts = (group.split() for group in line.split(" | "))
    return tuple(tuple(_ending(part, text) for text in endings) for part, *endings in parts)


def _ending(part: str, text: str) -> _Ending:
    grade = text[0] if text[0] in _GRADES else ""
    return _Ending(part, grade, text.removeprefix(grade).replace("∅", ""))


@cache
def _places() -> dict[str, list[_Place]]:
    """Return where endings stand, by text."""
    places: dict[str, list[_Place]] = {}
    for series, (_, line) in enumerate(_SERIES):
        for group, endings in enumerate(_groups(line)):
            for ending in endings:
                places.setdefault(ending.text, []).append(_Place(series, group, ending))
    return places


@cache
def _by_ending(text: str, is_reflexive: bool) -> tuple[tuple[str, str, int, _Made], ...]:  # noqa: FBT001 -- a key
    """Return what the words with an ending, active or reflexive, are related to in each series.

    The part of speech and the grade of the ending, and the letters that a stem has at least, come first.
    """
    found = []
    for series, group, ending in _places()[text]:
        least, line = _SERIES[series]
        groups = _groups(line)
        by_verb = any(one.part == "Г" for one in chain.from_iterable(groups))
        made: dict[str, list[tuple[str, _Rule]]] = {}
        for other in chain.from_iterable(one for number, one in enumerate(groups) if number != group):
            rule = _Rule(series, ending.part, other.part, by_verb)
            made.setdefault(other.grade, []).extend(_with_voices(other.text, rule, is_reflexive=is_reflexive))
        words = tuple((grade, tuple(some)) for grade, some in made.items() if some)
        if words:
            found.append((ending.part, ending.grade, least, words))
    return tuple(found)


@cache
def _merged(text: str, is_reflexive: bool, parts: frozenset[str]) -> tuple[tuple[str, int, _Merged], ...]:  # noqa: FBT001 -- likewise
    """Return the same of all series together, as far as a lemma of these parts of speech may be in them.

    The grade of the ending and the letters that a stem has at least come first.
    """
    merged: dict[tuple[str, int], dict[str, dict[str, list[_Rule]]]] = {}
    for part, grade, least, made in _by_ending(text, is_reflexive):
        for other, words in made if part in parts else ():
            of_stem = merged.setdefault((grade, least), {}).setdefault(other, {})
            for word, rule in words:
                of_stem.setdefault(word, []).append(rule)
    return tuple(
        (*key, tuple((other, {word: tuple(rules) for word, rules in of.items()}) for other, of in some.items()))
        for key, some in merged.items()
    )


@cache
def _prefixes() -> dict[str, list[list[str]]]:
    """Return the ways to write each prefix."""
    prefixes: dict[str, list[list[str]]] = {}
    for variants in map(str.split, _PREFIXES):
        for prefix in variants:
            prefixes.setdefault(prefix, []).append(variants)
    return prefixes


@cache
def _longest_prefix() -> int:
    return max(map(len, _prefixes()))


@cache
def _roots() -> dict[str, list[tuple[_Ending, _Ending]]]:
    """Return a word without its prefix → it and what it is related to."""
    roots: dict[str, list[tuple[_Ending, _Ending]]] = {}
    for line in _ROOTS:
        words = tuple(chain.from_iterable(_groups(line)))
        for own in words:
            roots.setdefault(own.text, []).extend((own, other) for other in words)
    return roots


@lru_cache(1024)
def _by_root(text: str, is_reflexive: bool) -> tuple[tuple[str, _Rule], ...]:  # noqa: FBT001 -- a key
    """Return what a word without its prefix, active or reflexive, is related to."""
    return tuple(
        word
        for own, other in _roots().get(text, ())
        for word in _with_voices(other.text, _Rule(-1, own.part, other.part, by_verb=True), is_reflexive=is_reflexive)
    )


@cache
def _listed() -> dict[str, set[str]]:
    return _related(line.split() for line in _IRREGULAR)


@cache
def _aspects() -> dict[str, set[str]]:
    verbs = ((prefix, _active(verb)) for prefix, line in _PERFECTIVE.items() for verb in line.split())
    return _related([verb, prefix + verb] for prefix, verb in verbs)


def _related(families: Iterable[list[str]]) -> dict[str, set[str]]:
    related: dict[str, set[str]] = {}
    for family in families:
        for word in family:
            related.setdefault(word, set()).update(family)
    return related


@cache
def _apart() -> frozenset[str]:
    return frozenset(chain.from_iterable(map(str.split, _APART)))


@cache
def _alone() -> frozenset[str]:
    return frozenset(chain.from_iterable(map(str.split, _ALONE)))


@cache
def _strangers() -> frozenset[frozenset[str]]:
    lines = (line.split() for line in _STRANGERS)
    return frozenset(frozenset((word, other)) for word, *others in lines for other in others)
