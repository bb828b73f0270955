"""The verbs of the embedded corpus; the notation is told in ``lexicon_nouns``.

A row is ``English|French|subject kinds|object kinds|flags``; flag ``s`` is a state (its past is the
imperfect in French), ``n`` a verb without passive.  The last word of an entry is its
preposition if it is one; what lies between verb and preposition is a fixed part, which agrees with
the subject in French after ``être``.
"""

INTRANSITIVE = {
    "micro": """
sleep|dormir|pa||
arrive|arriver|pa||
sing|chanter|p||
""",
    "small": """
leave|partir|pa||
work|travailler|p||
fall|tomber|patx||
laugh|rire|p||
come|venir|pa||
cry|pleurer|p||
dance|danser|p||
""",
    "full": """
breathe|respirer|pa||
cough|tousser|p||
disappear|disparaître|patx||
hesitate|hésiter|p||
jump|sauter|pa||
run|courir|pa||
shiver|frissonner|pa||
smile|sourire|p||
snore|ronfler|pa||
sneeze|éternuer|pa||
swim|nager|pa||
travel|voyager|p||
walk|marcher|pa||
win|gagner|p||
wait|attendre|pa||
""",
}

TRANSITIVE = {
    "micro": """
see|voir|pa|patxfl|
love|aimer|p|patxfl|s
admire|admirer|p|ptxl|s
respect|respecter|p|p|s
be in love with|être amoureux de|p|p|s
buy|acheter|p|atxf|
eat|manger|pa|f|
read|lire|p|x|
look at|regarder|pa|patxfl|
talk to|parler à|p|p|
have|avoir|p|atx|sn
""",
    "small": """
find|trouver|pa|patxf|
hear|entendre|pa|pa|
draw|dessiner|p|patfl|
write|écrire|p|x|
lose|perdre|p|atx|
choose|choisir|p|atxf|
know|connaître|p|pxl|s
obey|obéir à|pa|p|
look for|chercher|pa|patxf|
listen to|écouter|pa|p|
hide|cacher|p|txf|
talk about|parler de|p|patxfl|
""",
    "full": """
accept|accepter|p|txf|
answer|répondre à|p|p|
be afraid of|avoir peur de|pa|pa|s
be jealous of|être jaloux de|p|p|s
be proud of|être fier de|p|p|s
break|casser|p|t|
burn|brûler|p|txf|
catch|attraper|pa|a|
clean|nettoyer|p|tl|
cook|cuire|p|f|
count|compter|p|patxf|
cut|couper|p|f|
describe|décrire|p|patxl|
discover|découvrir|p|tfxl|
dream of|rêver de|p|patl|
drop|lâcher|p|tx|
finish|finir|p|x|
follow|suivre|pa|pa|
forget|oublier|p|patxl|
forgive|pardonner à|p|p|
greet|saluer|p|p|
hate|détester|p|patxfl|s
help|aider|p|p|
hit|frapper|p|pa|
hold|tenir|p|txf|
invite|inviter|p|p|
keep|garder|p|atxf|
learn|apprendre|p|x|
meet|rencontrer|p|p|
need|avoir besoin de|p|patxf|s
open|ouvrir|p|x|
paint|peindre|p|patl|
prepare|préparer|p|xf|
protect|protéger|pa|patxl|
punish|punir|p|p|
push|pousser|pa|pat|
receive|recevoir|p|txf|
recognize|reconnaître|pa|patl|
repair|réparer|p|t|
sign|signer|p|x|
steal|voler|pa|atxf|
study|étudier|p|x|
surprise|surprendre|pa|pa|
taste|goûter|p|f|
thank|remercier|p|p|
touch|toucher|pa|patx|
understand|comprendre|p|px|
use|utiliser|p|tx|
visit|visiter|p|l|
wait for|attendre|pa|pa|
wash|laver|p|patf|
""",
}

DITRANSITIVE = {
    "micro": """
give|donner|p|atxf|
show|montrer|p|atxfl|
""",
    "small": """
send|envoyer|p|txf|
sell|vendre|p|atxf|
offer|offrir|p|atxf|
lend|prêter|p|tx|
""",
    "full": """
bring|apporter|p|txf|
read|lire|p|x|
write|écrire|p|x|
leave|laisser|p|atxf|
throw|lancer|p|txf|
promise|promettre|p|atxf|
""",
}

THAT = {
    "micro": "say|dire|p||\nknow|savoir|p||s",
    "small": "think|penser|p||s\nbelieve|croire|p||s\nhope|espérer|p||s",
    "full": "answer|répondre|p||\nforget|oublier|p||\ndream|rêver|p||\nadmit|admettre|p||",
}

INFINITIVE = {
    "micro": "want|vouloir|p||s\ndecide|décider de|p||",
    "small": "begin|commencer à|pa||\ntry|essayer de|pa||\nhope|espérer|p||s",
    "full": (
        "forget|oublier de|p||\nrefuse|refuser de|pa||\nlearn|apprendre à|p||\n"
        "promise|promettre de|p||\nhesitate|hésiter à|p||\nprefer|préférer|pa||s"
    ),
}

BE = "be|être|patxfl||s"
