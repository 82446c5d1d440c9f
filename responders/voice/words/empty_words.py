"""Words that say nothing of what is wrong, in the languages that people write to us in most.

Pure. A piece of a post that holds hardly anything else ("it happens on every page") names no
trouble, and a reply that repeats it shows that nobody read the post.
"""

import re
from typing import Final

_ENGLISH: Final = """
either neither obviously apparently
a about above advance again ago all already also always am an and annoying another any anybody
anymore anyone anything anyway appreciated are as ask at awful bad be because been before being
below broken but by can cannot could day days described did didn do does doesn doing don done dr
else end even evening ever every everybody everyone everything few first fix fixed folks for
from get gets getting give go goes going gone good got great guess guys had happen happened
happening happens has have haven having hello help here hey hi hope how however i idea if in
into is isn issue it its just know last least let like literally look looked looking lot mad
made make many maybe me mean mine month months more morning most much my myself need never next
nice night no nobody none nope not nothing now of off ok okay old on once one only or other
others our out over please pls problem problems reading really right said same say says see seem
seems seen she should since so some somebody someone something still such sucks sure thank
thanks that the their them then there these they thing things think this those thread time times
title tl to today too topic tried try trying two up update us use used using very was wasn way
we week weeks well were what when where which while who whoever why will with without wonder
work worked working works would wouldn yeah yep yes yesterday yet you your
"""
_GERMAN: Final = """
aber alle alles als also am an andere anderen auch auf aus bei beim bin bis bitte da dabei damit
dank danke dann das dass dem den denn der des die dies diese dieser dieses doch ein eine einem
einen einer einfach er es etwas euch euer für gar geht gehts genau genauso gestern geworden gibt
gleich gleiche guten habe haben habt hallo hat heute hier hilfe hoffe ich ihr ihre im immer in
ist ja jemand jetzt kann kein keine können könnt leute man mehr mein meine mich mir mit moin
morgen nach nicht nichts noch nun nur ob oder ohne problem schon sehr sein seit selbe sich sie
sind so tag und uns unser user vielen vom von vor voraus wann war warum was weiß wenn wer
weshalb wie wieder wieso wir wird wo woche zu zum zur zusammen
"""
_FRENCH: Final = """
ai aide alors au aujourd aussi autre autres avec avez beaucoup bien bonjour bonsoir car ce cela
ces cet cette chez comme comment dans de depuis des donc du elle en encore est et eu faire fait
hier hui ici il ils je la le les leur lui ma mais marchait marche merci mes moi mon même ne non
nous on ont ou où par pareil pas plus pour pourquoi problème quand que quel quelqu quelque qui
rien sa salut sans se ses si son sont suis sur ta te tous tout toute trop tu un une va voilà
vous ça
"""
_SPANISH: Final = """
a ahora al algo alguien aquí asunto así ayer aún bien buenas buenos cada caso como con cosa
cuando de del desde donde días el ella ellos en era eres es esa ese eso esta estaba este esto
estoy está están funciona funcionaba gracias ha hace hasta hay he hola hoy igual la las le les
lo los me mi mis misma mismo muy nada nadie ni no nos o otra otro para pasa pero por porque
problema pues que quien qué se sea ser si siempre sin sobre solo soy su sus sí también tarde
tengo tiene todo todos tu un una uno va vez y ya yo
"""
_PORTUGUESE: Final = """
a agora ainda algo alguma alguém ao aos aqui as até bem boa bom cada coisa com comigo como da
das de desde dia do dos e ela ele eles em era essa esse esta estava este estou está eu foi
funciona hoje há isso isto já lá mais mas me mesma mesmo meu minha muito na nada nas nem no nos
nossa não nós o obrigada obrigado olá ontem os ou para pela pelo por porque problema qual quando
que quem se sem ser seu sim sobre sua só também tem tenho tudo um uma vez você vocês
"""
EMPTY: Final = frozenset(f"{_ENGLISH} {_GERMAN} {_FRENCH} {_SPANISH} {_PORTUGUESE}".split())
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
DENSE_WORD: Final = 4
"""Letters of a script without blanks that say about as much as a word."""
ENOUGH: Final = 2
"""Words that say something, of a piece that does."""


def telling(piece: str) -> int:
    """Count the different words of a piece that say something: 3 of "my lamps switch on at three".

    Of a script without blanks every four letters count as a word.
    """
    dense = sum(map(len, _DENSE.findall(piece))) // DENSE_WORD
    words = set(_WORD.findall(_DENSE.sub(" ", piece.casefold())))
    return len(words - EMPTY) + dense
